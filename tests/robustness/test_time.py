"""Whatever the clip's clock does: angles belong to the real time at which they happened."""

from __future__ import annotations

import struct
from pathlib import Path

import av
import numpy as np
import pytest

from hinge_vision.settings import Settings
from tests.made_clips import trim_by_edit_list
from tests.robustness.conftest import Row
from tests.robustness.matrix import PLAIN_FPS, QUICK, RATE_HZ, Case, SameAngles, clip_of, plain_images, plain_times

CLOCK = 90_000


def at_times(path: Path, times_s: list[float], shift_s: float = 0.0, **how: object) -> Path:
    """A clip whose frames are taken at these times: each shows the picture nearest to its time."""
    images = plain_images()
    nearest = [images[min(len(images) - 1, round(time_s * PLAIN_FPS))] for time_s in times_s]
    return clip_of(path, nearest, [time_s + shift_s for time_s in times_s], **how)


def at_rate(folder: Path, fps: float) -> Path:
    return at_times(folder / "clip.mp4", list(np.arange(0, plain_times()[-1], 1 / fps)))


def uneven(folder: Path, suffix: str = ".mp4") -> Path:
    """Steps of 16 to 66 ms, as a phone's automatic exposure makes them."""
    steps_s = np.random.default_rng(5).uniform(0.016, 0.066, 200)
    times_s = np.concatenate([[0.0], np.cumsum(steps_s)])
    return at_times(folder / f"clip{suffix}", list(times_s[times_s <= plain_times()[-1]]))


def with_gap(folder: Path, begin_s: float, end_s: float) -> Path:
    return at_times(folder / "clip.mp4", [time_s for time_s in plain_times() if not begin_s < time_s < end_s])


def half_rate_after(folder: Path, change_s: float) -> Path:
    """30 frames a second first, 15 from then on, as a phone does when the light falls."""
    return at_times(folder / "clip.mp4", [time_s for number, time_s in enumerate(plain_times()) if time_s < change_s or number % 2 == 0])


def stamped(folder: Path, stamp: dict[int, int]) -> Path:
    """An MPEG transport stream in which some frames bear the time stamp of another, by its number."""
    clip = clip_of(folder / "clip.ts", plain_images(), options={"crf": "16", "preset": "ultrafast", "bf": "0"})
    with av.open(str(clip)) as container:
        packets = [(packet.pos, packet.pts) for packet in container.demux(video=0) if packet.size]
    data = bytearray(clip.read_bytes())
    for number, other in stamp.items():
        _write_stamp(data, packets[number][0], packets[other][1])
    clip.write_bytes(data)
    return clip


def _write_stamp(data: bytearray, at: int, stamp: int) -> None:
    start = data.find(b"\x00\x00\x01\xe0", at)
    flags = data[start + 7] >> 6
    for index, mark in enumerate((2, 1) if flags == 2 else (3, 1)):
        if index == 1 and flags != 3:
            break
        field = (mark << 36) | ((stamp >> 30 & 7) << 33) | (1 << 32) | ((stamp >> 15 & 0x7FFF) << 17) | (1 << 16) | ((stamp & 0x7FFF) << 1) | 1
        data[start + 9 + 5 * index : start + 14 + 5 * index] = field.to_bytes(5, "big")


def edited(folder: Path, skip_s: float) -> Path:
    """Trimmed by the phone: the frames before stay in the file, unshown."""
    clip = clip_of(folder / "clip.mp4", plain_images(), options={"crf": "16", "preset": "ultrafast", "bf": "0", "g": "15"})
    with av.open(str(clip)) as container:
        timescale = round(1 / container.streams.video[0].time_base)
    return trim_by_edit_list(clip, skip_s, timescale)


def with_late_sound(folder: Path) -> Path:
    """The sound begins with the clip, the picture a second later."""
    clip = folder / "clip.mp4"
    silent = at_times(folder / "silent.mp4", plain_times())
    with av.open(str(silent)) as source, av.open(str(clip), "w") as target:
        stream = target.add_stream_from_template(source.streams.video[0])
        sound = target.add_stream("aac", rate=44_100)
        later = round(1.0 / source.streams.video[0].time_base)
        for packet in source.demux(video=0):
            if packet.size:
                packet.pts, packet.dts, packet.stream = packet.pts + later, packet.dts + later, stream
                target.mux(packet)
        for start in range(0, 44_100 * 4, 1024):
            frame = av.AudioFrame.from_ndarray(np.zeros((1, 1024), np.float32), format="fltp", layout="mono")
            frame.sample_rate, frame.pts = 44_100, start
            target.mux(sound.encode(frame))
        target.mux(sound.encode(None))
    return clip


def declared_duration(folder: Path, ticks: int) -> Path:
    """Every header of the file says that it lasts so long."""
    clip = clip_of(folder / "clip.mp4", plain_images())
    data = bytearray(clip.read_bytes())
    for box, offset in ((b"mvhd", 20), (b"tkhd", 24), (b"mdhd", 20)):
        at = data.find(box)
        struct.pack_into(">I", data, at + offset, ticks)
    clip.write_bytes(data)
    return clip


def slow_motion(folder: Path) -> Path:
    """Plays at 30 frames a second what was filmed at 240: eight times slower than life."""
    return clip_of(folder / "clip.mp4", [image for image in plain_images() for _ in range(8)])


RATES = (15, 24, 25, 29.97, 30, 50, 59.94, 60, 120, 240)
CASES = [
    *[
        Case(f"{fps:g} fps", lambda folder, fps=fps: at_rate(folder, fps if fps not in (29.97, 59.94) else round(fps) * 1000 / 1001), SameAngles())
        for fps in RATES
    ],
    Case("steps of 16 to 66 ms", uneven, SameAngles()),
    Case("steps of 16 to 66 ms, mkv", lambda folder: uneven(folder, ".mkv"), SameAngles()),
    Case("30 fps, 15 after half the clip", lambda folder: half_rate_after(folder, 1.6), SameAngles()),
    Case("nothing for 0.5 s on the way down", lambda folder: with_gap(folder, 0.0, 0.5), SameAngles(from_s=0.6)),
    Case("time stamps that repeat", lambda folder: stamped(folder, {n: n - 1 for n in range(10, 90, 12)}), SameAngles()),
    Case("time stamps that go backward", lambda folder: stamped(folder, {n: n - 4 for n in range(10, 90, 12)}), SameAngles()),
    Case("one time stamp for all frames", lambda folder: stamped(folder, dict.fromkeys(range(99), 0)), SameAngles()),
    Case("edit list that skips 0.5 s", lambda folder: edited(folder, 0.5), SameAngles(from_s=0.7, shift_s=-0.5, lumbar_deg=8, verdict=False)),
    Case("time stamps begin at 5 s", lambda folder: at_times(folder / "clip.mp4", plain_times(), 5.0), SameAngles()),
    Case("time stamps begin at 5 s, MPEG-TS", lambda folder: at_times(folder / "clip.ts", plain_times(), 5.0), SameAngles()),
    Case("picture begins 1 s after the sound", with_late_sound, SameAngles()),
    Case("declares a length of 13 hours", lambda folder: declared_duration(folder, 0x7FFFFFF0), SameAngles()),
    Case("slow motion, --capture-fps 240", slow_motion, SameAngles(), Settings(analysis_rate_hz=RATE_HZ, capture_fps=240)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_clip_of_any_clock_gives_the_plain_clips_angles_at_the_same_real_time(case: Case, row: Row) -> None:
    assert case.settings.analysis_rate_hz == QUICK.analysis_rate_hz
    row("3 Time", case)
