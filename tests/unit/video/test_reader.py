from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from hinge_vision.errors import ClipUnreadableError
from hinge_vision.video.clip_info import ClipInfo
from hinge_vision.video.frame import Frame
from hinge_vision.video.reader import ClipReader
from tests.made_clips import (
    HEIGHT,
    WIDTH,
    corners_of,
    cut_file,
    flip_bytes,
    make_clip,
    number_in,
    numbered,
    restamp,
    steady,
    trim_by_edit_list,
    turn,
    wipe_packet,
)

ALL_INTRA = {"g": "1", "bf": "0"}


def read(path: Path, **options: float) -> tuple[list[Frame], ClipInfo]:
    with ClipReader(path, **options) as reader:
        return list(reader), reader.info


def times(frames: list[Frame]) -> list[float]:
    return [frame.time_s for frame in frames]


def assert_numbers_agree(frames: list[Frame]) -> None:
    """Every frame's index is the number drawn into it."""
    assert [frame.index for frame in frames] == [number_in(frame.image) for frame in frames]


@pytest.mark.parametrize(
    ("suffix", "codec"),
    [
        (".mp4", "libx264"),
        (".mov", "libx264"),
        (".mp4", "libx265"),
        (".mkv", "libx264"),
        (".webm", "libvpx-vp9"),
        (".avi", "mpeg4"),
        (".ts", "libx264"),
    ],
)
def test_every_frame_comes_once_in_order_with_its_time(tmp_path: Path, suffix: str, codec: str) -> None:
    clip = make_clip(tmp_path / f"clip{suffix}", steady(45, 30), codec=codec)
    frames, info = read(clip)
    assert [frame.index for frame in frames] == list(range(45))
    assert_numbers_agree(frames)
    np.testing.assert_allclose(times(frames), steady(45, 30), atol=0.0011)
    assert frames[0].image.dtype == np.uint8
    assert (info.name, info.width_px, info.height_px) == (clip.name, WIDTH, HEIGHT)
    assert (info.frames, info.decode_failures, info.truncated) == (45, 0, False)
    assert info.fps == pytest.approx(30, abs=0.02)
    assert info.duration_s == pytest.approx(1.5, abs=0.01)


def test_what_is_known_of_the_clip_is_known_before_the_first_frame_is_drawn(tmp_path: Path) -> None:
    with ClipReader(make_clip(tmp_path / "clip.mp4", steady(30, 25))) as reader:
        before = reader.info
        list(reader)
        assert reader.info == before
    assert (before.codec, before.frames, before.fps) == ("h264", 30, 25.0)


def test_a_variable_frame_rate_keeps_each_frames_own_time(tmp_path: Path) -> None:
    taken = [0.0, 0.033, 0.066, 0.1, 0.2, 0.21, 0.5, 0.533, 0.566, 0.6]
    frames, info = read(make_clip(tmp_path / "clip.mp4", taken))
    np.testing.assert_allclose(times(frames), taken, atol=1e-4)
    assert_numbers_agree(frames)
    assert info.fps == pytest.approx(30, abs=0.5)


def test_a_file_without_times_is_timed_by_its_frame_rate(tmp_path: Path) -> None:
    frames, _ = read(make_clip(tmp_path / "clip.h264", steady(30, 25), container_format="h264"))
    np.testing.assert_allclose(times(frames), steady(30, 25), atol=1e-6)
    assert_numbers_agree(frames)


def test_stamps_that_are_not_believed_do_not_number_the_frames_either(tmp_path: Path) -> None:
    times_s = np.concatenate(([0.0], np.cumsum([1 / 15] * 60 + [1 / 60] * 139)))
    times_s[5::6] = times_s[4::6][: len(times_s[5::6])]
    path = restamp(make_clip(tmp_path / "plain.mp4", steady(200, 30), options={"bf": "0"}), tmp_path / "clip.mkv", times_s)
    with ClipReader(path) as reader:
        frames = list(reader)
        assert [frame.index for frame in frames] == list(range(200)) == [number_in(frame.image) for frame in frames]
        assert reader.info.decode_failures == 0


def test_the_order_of_storage_in_an_avi_is_not_mistaken_for_time(tmp_path: Path) -> None:
    frames, _ = read(make_clip(tmp_path / "clip.avi", steady(30, 30), codec="libx264"))
    np.testing.assert_allclose(times(frames), steady(30, 30), atol=1e-6)
    assert_numbers_agree(frames)


@pytest.mark.parametrize(
    ("degrees", "corners"),
    [
        (0, ["red", "green", "blue", "white"]),
        (90, ["blue", "red", "white", "green"]),
        (180, ["white", "blue", "green", "red"]),
        (270, ["green", "white", "red", "blue"]),
    ],
)
def test_a_phones_rotation_is_applied_once(tmp_path: Path, degrees: int, corners: list[str]) -> None:
    frames, info = read(turn(make_clip(tmp_path / "clip.mp4", steady(10, 30)), degrees))
    size = (HEIGHT, WIDTH) if degrees % 180 else (WIDTH, HEIGHT)
    assert (info.width_px, info.height_px) == size
    assert len(frames) == info.frames == 10
    for frame in frames:
        assert frame.image.shape[1::-1] == size
        assert corners_of(frame.image) == corners


@pytest.mark.parametrize(("degrees", "size"), [(0, (2 * WIDTH, HEIGHT)), (90, (HEIGHT, 2 * WIDTH))])
def test_pixels_that_are_not_square_are_stretched_the_right_way(tmp_path: Path, degrees: int, size: tuple[int, int]) -> None:
    clip = turn(make_clip(tmp_path / "clip.mp4", steady(3, 30), options={"x264-params": "sar=2/1"}), degrees)
    frames, info = read(clip)
    assert (info.width_px, info.height_px) == size
    assert frames[0].image.shape == (size[1], size[0], 3)


@pytest.mark.parametrize(("degrees", "size"), [(0, (WIDTH, HEIGHT // 2)), (90, (HEIGHT // 2, WIDTH)), (270, (HEIGHT // 2, WIDTH))])
def test_frames_reduced_as_they_are_decoded_are_upright_and_square(tmp_path: Path, degrees: int, size: tuple[int, int]) -> None:
    clip = turn(make_clip(tmp_path / "clip.mp4", steady(10, 30), options={"x264-params": "sar=2/1"}), degrees)
    whole, known = read(clip)
    reduced, info = read(clip, size_px=size)
    assert info == known
    assert times(reduced) == times(whole)
    for frame, other in zip(reduced, whole, strict=True):
        assert frame.image.shape == (size[1], size[0], 3)
        assert corners_of(frame.image) == corners_of(other.image)


@pytest.mark.parametrize(("suffix", "codec", "pix_fmt"), [("mp4", "libx264", "yuv420p"), ("mov", "libx265", "yuv420p10le"), ("mkv", "ffv1", "gray")])
def test_reduced_frames_look_like_the_whole_ones(tmp_path: Path, suffix: str, codec: str, pix_fmt: str) -> None:
    clip = make_clip(tmp_path / f"clip.{suffix}", steady(3, 30), codec=codec, pix_fmt=pix_fmt)
    (whole, *_), _ = read(clip)
    (reduced, *_), _ = read(clip, size_px=(WIDTH // 2, HEIGHT // 2))
    wanted = cv2.resize(whole.image, (WIDTH // 2, HEIGHT // 2), interpolation=cv2.INTER_AREA)
    assert np.abs(reduced.image.astype(int) - wanted).mean() < 4


def test_60_fps_at_30_hz_leaves_every_second_frame_with_its_number_in_the_file(tmp_path: Path) -> None:
    frames, info = read(make_clip(tmp_path / "clip.mp4", steady(60, 60)), rate_hz=30)
    assert [frame.index for frame in frames] == list(range(0, 60, 2))
    assert_numbers_agree(frames)
    assert (info.frames, info.decode_failures, info.fps) == (60, 0, 60.0)


def test_a_30_fps_clip_at_30_hz_keeps_every_frame(tmp_path: Path) -> None:
    taken = np.array(steady(60, 30)) + np.tile([0.0, 0.004, -0.006], 20)
    taken[0] = 0
    frames, _ = read(make_clip(tmp_path / "clip.mp4", list(taken)), rate_hz=30)
    assert len(frames) == 60


def test_start_and_end_choose_a_part_by_the_clips_own_time(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(60, 30))
    frames, info = read(clip, start_s=0.5, end_s=1.0)
    assert [frame.index for frame in frames] == list(range(15, 31))
    assert_numbers_agree(frames)
    assert frames[0].time_s == pytest.approx(0.5)
    assert (info.duration_s, info.frames, info.decode_failures) == (pytest.approx(2.0), 60, 0)


def test_slow_motion_is_brought_back_to_real_time(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(80, 30))
    frames, info = read(clip, capture_fps=240)
    np.testing.assert_allclose(times(frames), steady(80, 240), atol=1e-6)
    assert info.duration_s == pytest.approx(80 / 240)
    assert info.fps == 30
    assert [frame.index for frame in read(clip, capture_fps=240, rate_hz=30)[0]] == list(range(0, 80, 8))


def test_start_and_end_of_slow_motion_are_times_as_a_player_shows_them(tmp_path: Path) -> None:
    frames, _ = read(make_clip(tmp_path / "clip.mp4", steady(60, 30)), capture_fps=120, start_s=1.0, end_s=1.5)
    assert [frame.index for frame in frames] == list(range(30, 46))
    assert frames[0].time_s == pytest.approx(0.25)


@pytest.mark.parametrize("options", [{"g": "10", "bf": "0"}, {"g": "250"}])
def test_frames_trimmed_away_on_the_phone_are_neither_shown_nor_missed(tmp_path: Path, options: dict[str, str]) -> None:
    clip = trim_by_edit_list(make_clip(tmp_path / "clip.mp4", steady(60, 30), options=options), 0.5, track_timescale=90_000)
    frames, info = read(clip)
    assert [number_in(frame.image) for frame in frames] == list(range(15, 60))
    assert [frame.index for frame in frames] == list(range(45))
    np.testing.assert_allclose(times(frames), steady(45, 30), atol=1e-4)
    assert (info.frames, info.decode_failures, info.truncated) == (45, 0, False)


@pytest.mark.parametrize("wiped", [0, 20, 59])
def test_a_damaged_frame_is_counted_and_the_others_keep_their_number_and_time(tmp_path: Path, wiped: int) -> None:
    frames, info = read(wipe_packet(make_clip(tmp_path / "clip.mp4", steady(60, 30), options=ALL_INTRA), wiped))
    left = [number for number in range(60) if number != wiped]
    assert [frame.index for frame in frames] == left
    assert_numbers_agree(frames)
    np.testing.assert_allclose(times(frames), np.array(left) / 30, atol=1e-4)
    assert (info.frames, info.decode_failures) == (60, 1)


def test_flipped_bytes_throughout_end_neither_the_reading_nor_the_count(tmp_path: Path) -> None:
    frames, info = read(flip_bytes(make_clip(tmp_path / "clip.mp4", steady(60, 30), noise=True), every=97))
    assert len(frames) + info.decode_failures == info.frames == 60
    assert (np.diff([frame.index for frame in frames]) > 0).all()
    assert (np.diff(times(frames)) > 0).all()


@pytest.mark.parametrize("suffix", [".mp4", ".mkv", ".avi"])
def test_a_clip_cut_in_the_middle_reads_as_far_as_it_goes_and_says_so(tmp_path: Path, suffix: str) -> None:
    clip = cut_file(make_clip(tmp_path / f"clip{suffix}", steady(90, 30), noise=True, options={"bf": "0"}), 0.5)
    frames, info = read(clip)
    assert info.truncated
    assert 30 < len(frames) < 60
    assert len(frames) + info.decode_failures == info.frames
    assert info.duration_s == pytest.approx(info.frames / 30, abs=0.1)
    # Of the last frame only a part was left.
    assert_numbers_agree(frames[:-1])


def test_a_single_frame_is_a_clip(tmp_path: Path) -> None:
    frames, info = read(make_clip(tmp_path / "clip.mp4", [0.0]), rate_hz=30)
    assert [(frame.index, frame.time_s) for frame in frames] == [(0, 0.0)]
    assert info.duration_s > 0


@pytest.mark.parametrize("size", [(131, 97), (130, 97), (131, 96)])
def test_odd_sizes_are_kept(tmp_path: Path, size: tuple[int, int]) -> None:
    frames, info = read(make_clip(tmp_path / "clip.mp4", steady(3, 30), width=size[0], height=size[1], pix_fmt="yuv444p"))
    assert (info.width_px, info.height_px) == size
    assert frames[0].image.shape == (size[1], size[0], 3)


def test_grey_and_transparent_clips_arrive_with_three_channels(tmp_path: Path) -> None:
    grey, _ = read(make_clip(tmp_path / "grey.mkv", steady(3, 30), codec="ffv1", pix_fmt="gray"))
    clear = [np.dstack((numbered(0)[:, :, ::-1], np.full((HEIGHT, WIDTH), 200, np.uint8)))] * 3
    transparent, _ = read(make_clip(tmp_path / "clear.mov", steady(3, 30), codec="png", pix_fmt="rgba", images=clear))
    assert grey[0].image.shape == transparent[0].image.shape == (HEIGHT, WIDTH, 3)
    assert corners_of(transparent[0].image) == ["red", "green", "blue", "white"]


def test_ten_bit_colour_as_phones_film_it_is_read(tmp_path: Path) -> None:
    frames, info = read(make_clip(tmp_path / "clip.mov", steady(10, 30), codec="libx265", pix_fmt="yuv420p10le"))
    assert info.codec == "hevc"
    assert_numbers_agree(frames)
    assert corners_of(frames[0].image) == ["red", "green", "blue", "white"]


@pytest.mark.parametrize(
    "name", ["with space.mp4", "Knie 膝 é.mp4", "-rate.mp4", "--help.mp4", "take%03d.mp4", "http:clip.mp4", "a?b#c.mp4", "two\nlines.mp4", ".mp4"]
)
def test_odd_names_are_just_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    make_clip(tmp_path / "clip.mp4", steady(3, 30)).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    frames, info = read(Path(name))
    assert len(frames) == 3
    assert info.name == name


def test_a_start_beyond_the_end_says_where_the_end_is(tmp_path: Path) -> None:
    with pytest.raises(ClipUnreadableError, match=r"clip\.mp4: the start at 5 s lies beyond the clip's end at 1\.0 s"):
        ClipReader(make_clip(tmp_path / "clip.mp4", steady(30, 30)), start_s=5)


def test_a_part_without_a_frame_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(30, 30))
    with pytest.raises(ClipUnreadableError, match=r"no frame can be decoded between 0\.501 s and 0\.502 s"):
        read(clip, start_s=0.501, end_s=0.502)


def test_a_codec_the_decoder_lacks_is_named_with_the_remedy(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(3, 30), options=ALL_INTRA)
    for number in range(3):
        wipe_packet(clip, number)
    with pytest.raises(ClipUnreadableError, match=r"no frame can be decoded \(codec h264\); save or export"):
        ClipReader(clip)


def test_frames_left_out_are_not_converted_but_still_counted(tmp_path: Path) -> None:
    frames, info = read(make_clip(tmp_path / "clip.mp4", steady(60, 30)), rate_hz=5)
    assert [frame.index for frame in frames] == list(range(0, 60, 6))
    assert info.decode_failures == 0


def test_the_clips_opened_are_closed(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(30, 30))
    descriptors = Path("/proc/self/fd")
    if not descriptors.exists():
        pytest.skip("open files can be counted on Linux only")
    list(ClipReader(clip))
    before = len(list(descriptors.iterdir()))
    for _ in range(5):
        with ClipReader(clip) as reader:
            next(iter(reader))
        with pytest.raises(ClipUnreadableError):
            ClipReader(clip, start_s=99)
    assert len(list(descriptors.iterdir())) <= before


def test_the_reader_agrees_with_opencv_on_a_plain_clip(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(20, 30))
    capture = cv2.VideoCapture(str(clip), cv2.CAP_FFMPEG)
    for frame in read(clip)[0]:
        delivered, image = capture.read()
        assert delivered
        np.testing.assert_array_equal(frame.image, image)
    capture.release()


@pytest.mark.parametrize(
    ("suffix", "codec", "options"),
    [
        (".mp4", "libx264", {"g": "30"}),
        (".mp4", "libx264", {"g": "250", "bf": "3"}),
        (".mov", "libx265", {"x265-params": "keyint=30:log-level=none"}),
        (".webm", "libvpx-vp9", {"g": "30"}),
        (".avi", "mpeg4", {"g": "12"}),
        (".ts", "libx264", {"g": "30"}),
        (".mpg", "mpeg2video", {"g": "12", "bf": "2"}),  # its timestamps prove no leap
    ],
)
@pytest.mark.parametrize("size_px", [None, (WIDTH, HEIGHT // 2)])
def test_single_frames_are_those_that_reading_through_delivers(
    tmp_path: Path, suffix: str, codec: str, options: dict[str, str], size_px: tuple[int, int] | None
) -> None:
    clip = make_clip(tmp_path / f"clip{suffix}", steady(240, 30), codec=codec, options=options)
    with ClipReader(clip, size_px=size_px) as reader:
        picked = list(reader.pick({0, 3, 100, 101, 180, 239}))
    assert [frame.index for frame in picked] == [0, 3, 100, 101, 180, 239]
    assert_numbers_agree(picked)


def test_single_frames_of_a_phone_s_uneven_times_are_found(tmp_path: Path) -> None:
    steps = np.random.default_rng(3).choice([1 / 60, 1 / 30, 1 / 15], 230)
    clip = make_clip(tmp_path / "clip.mp4", [0.0, *np.cumsum(steps).tolist()], options={"g": "30"})
    with ClipReader(clip) as reader:
        picked = list(reader.pick({50, 120, 121, 200}))
    assert [frame.index for frame in picked] == [50, 120, 121, 200]
    assert_numbers_agree(picked)


def test_single_frames_of_a_damaged_clip_are_the_right_ones(tmp_path: Path) -> None:
    clip = wipe_packet(make_clip(tmp_path / "clip.mp4", steady(240, 30), options=ALL_INTRA), 90)
    with ClipReader(clip) as reader:
        picked = list(reader.pick({89, 90, 91, 200}))
    assert [frame.index for frame in picked] == [89, 91, 200]
    assert_numbers_agree(picked)


def test_only_frames_that_are_wanted_are_delivered(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(30, 30))
    asked: list[int] = []

    def wanted(number: int, _: float) -> bool:
        asked.append(number)
        return number % 7 == 0

    with ClipReader(clip) as reader:
        frames = list(reader.frames(wanted))
    assert asked == list(range(30))
    assert [number_in(frame.image) for frame in frames] == [0, 7, 14, 21, 28]


@pytest.mark.parametrize("options", [{"g": "30"}, {"g": "25", "bf": "3"}])
def test_a_glance_at_a_long_clip_delivers_its_key_frames_with_their_numbers(tmp_path: Path, options: dict[str, str]) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(30 * 24, 30), options={**options, "x264-params": "scenecut=0"})
    with ClipReader(clip, glance=True, rate_hz=2.5) as reader:
        frames = list(reader)
        info = reader.info
    step = int(options["g"])
    numbers = [frame.index for frame in frames]
    assert 18 <= len(numbers) <= 22
    assert set(numbers) <= set(range(0, 720, step))
    assert max(np.diff(numbers)) <= 2 * step
    assert [number_in(frame.image) for frame in frames] == [number % 256 for number in numbers]
    assert times(frames) == pytest.approx([number / 30 for number in numbers], abs=1e-4)
    assert (info.decode_failures, info.frames) == (0, 720)


def test_a_glance_at_a_clip_with_rare_key_frames_delivers_some_frames_after_each(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(30 * 40, 30), options={"g": "150", "x264-params": "scenecut=0"})
    with ClipReader(clip, glance=True, rate_hz=2.5) as reader:
        frames = list(reader)
    assert [frame.index for frame in frames] == [key + after for key in range(0, 1200, 150) for after in (0, 12, 24)]
    assert [number_in(frame.image) for frame in frames] == [frame.index % 256 for frame in frames]


@pytest.mark.parametrize(("count", "options"), [(90, {"g": "30"}), (270, {"g": "250"}), (720, {"g": "250", "x264-params": "scenecut=0"})])
def test_a_glance_reads_through_where_key_frames_are_few_or_rare(tmp_path: Path, count: int, options: dict[str, str]) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(count, 30), options=options)
    with ClipReader(clip, glance=True, rate_hz=3.0) as reader:
        assert [frame.index for frame in reader] == list(range(0, count, 10))


def test_a_glance_shows_a_turned_clip_upright(tmp_path: Path) -> None:
    clip = turn(make_clip(tmp_path / "clip.mp4", steady(30 * 24, 30), options={"g": "30"}), 90)
    with ClipReader(clip, glance=True) as glance, ClipReader(clip) as reader:
        seen, read_through = next(iter(glance)), next(iter(reader))
    assert corners_of(seen.image) == corners_of(read_through.image)
    assert seen.image.shape == read_through.image.shape
