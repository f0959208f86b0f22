"""Whatever befell the file: it is read as far as it goes, and what is no clip is refused in one line that says what to do."""

from __future__ import annotations

import os
import socket
import struct
from collections.abc import Callable
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.made_clips import (
    cut_file,
    flip_bytes,
    make_clip,
    make_folder,
    make_picture,
    make_pipe,
    make_sound,
    packet_places,
    steady,
    wipe_packet,
)
from tests.robustness.conftest import Row
from tests.robustness.matrix import Case, Declined, NoFault, Refused, SameAngles, clip_of, plain_images

INTRA = {"crf": "16", "preset": "ultrafast", "g": "1"}
SHORT = {"crf": "16", "preset": "ultrafast"}
PLAIN_FAULTS = frozenset(("coupled_flexion", "limited_range"))
NO_REP = ("no_hinge", "too_little_measured", "no_person", "not_side_view")


def whole(folder: Path, suffix: str = ".mp4", **how: object) -> Path:
    return clip_of(folder / f"clip{suffix}", plain_images(), **how)


def written(folder: Path, content: bytes, name: str = "clip.mp4") -> Path:
    (folder / name).write_bytes(content)
    return folder / name


def frames(folder: Path, count: int) -> Path:
    return clip_of(folder / "clip.mp4", plain_images()[:count])


def no_frames(folder: Path) -> Path:
    """A whole header, and not one frame behind it."""
    clip = folder / "clip.mkv"
    with av.open(str(clip), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        container.start_encoding()
    return clip


def wiped(folder: Path, numbers: range) -> Path:
    clip = whole(folder, options=INTRA)
    for number in numbers:
        wipe_packet(clip, number)
    return clip


def header_size(folder: Path, width: int, height: int) -> Path:
    """The container's headers tell another size than the pictures have."""
    clip = whole(folder)
    data = bytearray(clip.read_bytes())
    struct.pack_into(">II", data, data.find(b"tkhd") + 80, width << 16, height << 16)
    struct.pack_into(">HH", data, data.find(b"avc1", data.find(b"stsd")) + 28, width, height)
    clip.write_bytes(data)
    return clip


def vast_pictures(folder: Path) -> Path:
    """Each picture says that it is 16000x16000 pixels: the decoder would ask for a gigabyte a picture."""
    clip = make_clip(folder / "clip.avi", steady(3, 30), codec="mjpeg", pix_fmt="yuvj420p")
    data = bytearray(clip.read_bytes())
    for at, size in packet_places(clip):
        frame = data.find(b"\xff\xc0", at, at + size + 16)
        struct.pack_into(">HH", data, frame + 5, 16000, 16000)
    header = data.find(b"strf")
    struct.pack_into("<ii", data, header + 12, 16000, 16000)
    clip.write_bytes(data)
    return clip


def huge_box(folder: Path) -> Path:
    """The index says that it is four gigabytes long."""
    clip = whole(folder)
    data = bytearray(clip.read_bytes())
    struct.pack_into(">I", data, data.find(b"moov") - 4, 0xFFFFFFF0)
    clip.write_bytes(data)
    return clip


def million_frames(folder: Path) -> Path:
    """The index counts two billion frames."""
    clip = whole(folder)
    data = bytearray(clip.read_bytes())
    struct.pack_into(">I", data, data.find(b"stsz") + 12, 0x7FFFFFFF)
    clip.write_bytes(data)
    return clip


def piece(folder: Path) -> Path:
    """The middle of a clip, its head and its index gone."""
    data = whole(folder).read_bytes()
    return written(folder, data[len(data) // 3 : 2 * len(data) // 3], "piece.mp4")


def two_sizes(folder: Path) -> Path:
    """Two recordings joined by a careless program: the second is smaller."""
    first, second = folder / "first.ts", folder / "second.ts"
    images = plain_images()
    clip_of(first, images[:60])
    clip_of(second, [np.asarray(cv2.resize(image, (270, 360)), np.uint8) for image in images[60:]], [2 + n / 30 for n in range(len(images) - 60)])
    return written(folder, first.read_bytes() + second.read_bytes(), "clip.ts")


def made_socket(folder: Path) -> Path:
    with socket.socket(socket.AF_UNIX) as unix:
        os.chdir(folder)
        unix.bind("clip.mp4")
    return folder / "clip.mp4"


def link(folder: Path, target: Callable[[Path], Path]) -> Path:
    (folder / "link.mp4").symlink_to(target(folder))
    return folder / "link.mp4"


READ = [
    Case(
        "cut off at 60 %, index first", lambda folder: cut_file(whole(folder), 0.6), SameAngles(to_s=1.5, lumbar_deg=8, verdict=False, truncated=True)
    ),
    Case(
        "cut off at 60 %, mkv", lambda folder: cut_file(whole(folder, ".mkv"), 0.6), SameAngles(to_s=1.5, lumbar_deg=8, verdict=False, truncated=True)
    ),
    Case(
        "cut off at 60 %, avi",
        lambda folder: cut_file(whole(folder, ".avi", options={**INTRA, "bf": "0"}), 0.6),
        SameAngles(to_s=1.5, lumbar_deg=8, verdict=False, truncated=True),
    ),
    Case(
        "one byte in 20 000 flipped",
        lambda folder: flip_bytes(whole(folder, options={**SHORT, "g": "15"}), 20_000),
        SameAngles(lumbar_deg=8, trunk_deg=6, hip_deg=12, verdict=False),
    ),
    Case("one byte in 4000 flipped: every picture smeared", lambda folder: flip_bytes(whole(folder), 4000), NoFault(maybe=PLAIN_FAULTS)),
    Case("every tenth frame destroyed", lambda folder: wiped(folder, range(5, 99, 10)), SameAngles()),
    Case("the first five frames destroyed", lambda folder: wiped(folder, range(5)), SameAngles(from_s=0.3)),
    Case("header that says 65535x65535", lambda folder: header_size(folder, 65535, 65535), SameAngles()),
    Case("header that says 2x2", lambda folder: header_size(folder, 2, 2), SameAngles()),
    Case("the size changes in mid-clip", two_sizes, SameAngles(to_s=1.8, lumbar_deg=8, hip_deg=8, verdict=False)),
    Case("index that says it is 4 GB long", huge_box, SameAngles(truncated=True)),
    Case("link to a clip", lambda folder: link(folder, whole), SameAngles()),
    Case("one frame", lambda folder: frames(folder, 1), Declined(NO_REP)),
    Case("two frames", lambda folder: frames(folder, 2), Declined(NO_REP)),
    Case("three frames", lambda folder: frames(folder, 3), Declined(NO_REP)),
    Case("standing only, 0.7 s", lambda folder: frames(folder, 20), Declined(NO_REP)),
]
REFUSED = [
    Case("no frames", no_frames, Refused("this is not a video")),
    Case("every frame destroyed", lambda folder: wiped(folder, range(99)), Refused("no frame can be decoded")),
    Case(
        "no index (recording broken off)",
        lambda folder: cut_file(whole(folder, index_first=False), 0.9),
        Refused("cut off before its index was written"),
    ),
    Case("a piece from the middle", piece, Refused("this is not a video")),
    Case("the index counts 2 billion frames", million_frames, Refused("this is not a video")),
    Case("pictures of 16000x16000", vast_pictures, Refused("more than can be worked on")),
    Case("sound only", lambda folder: make_sound(folder / "clip.mp4"), Refused("this holds sound only")),
    Case("empty file", lambda folder: written(folder, b""), Refused("the file is empty")),
    Case("zeros", lambda folder: written(folder, bytes(100_000)), Refused("this is not a video")),
    Case("noise", lambda folder: written(folder, np.random.default_rng(0).bytes(100_000)), Refused("this is not a video")),
    Case("text", lambda folder: written(folder, b"three sets of five\n" * 99), Refused("this is not a video")),
    Case(
        "a web page saved as mp4",
        lambda folder: written(folder, b"<!DOCTYPE html><html><body>Sign in</body></html>" * 20),
        Refused("this is not a video"),
    ),
    Case("playlist", lambda folder: written(folder, b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:9/a.ts\n"), Refused("this is not a video")),
    Case("still picture, png", lambda folder: make_picture(folder / "clip.png"), Refused("still picture")),
    Case("still picture, jpg named mp4", lambda folder: make_picture(folder / "clip.jpg").rename(folder / "clip.mp4"), Refused("still picture")),
    Case("no such file", lambda folder: folder / "clip.mp4", Refused("there is no such file")),
    Case("folder", lambda folder: make_folder(folder / "clip.mp4"), Refused("this is a folder")),
    Case("pipe", lambda folder: make_pipe(folder / "clip.mp4"), Refused("this is a pipe or a device")),
    Case("socket", made_socket, Refused("this is a pipe or a device")),
    Case("device", lambda folder: Path(os.devnull), Refused("this is a pipe or a device")),
    Case("link to nothing", lambda folder: link(folder, lambda where: where / "gone.mp4"), Refused("there is no such file")),
    Case("link to itself", lambda folder: link(folder, lambda where: where / "link.mp4"), Refused("cannot be reached")),
]


@pytest.mark.parametrize("case", READ, ids=[case.name for case in READ])
def test_a_damaged_clip_is_read_as_far_as_it_goes(case: Case, row: Row) -> None:
    row("4 Damage", case)


@pytest.mark.parametrize("case", REFUSED, ids=[case.name for case in REFUSED])
def test_what_is_no_clip_is_refused_in_one_line_that_says_what_to_do(case: Case, row: Row, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    row("5 Refused", case)
