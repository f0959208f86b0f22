from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from hinge_vision.errors import OutputError
from hinge_vision.video.reader import ClipReader
from hinge_vision.video.writer import VideoWriter
from tests.conftest import run_python
from tests.made_clips import corners_of, number_in, numbered, steady


def write(path: Path, times_s: list[float], width: int = 128, height: int = 96) -> Path:
    with VideoWriter(path, width, height) as video:
        for number, time_s in enumerate(times_s):
            video.write(numbered(number, width, height), time_s)
    return path


def test_the_video_is_what_every_browser_and_phone_plays(tmp_path: Path) -> None:
    path = write(tmp_path / "out.mp4", steady(40, 30))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        context = stream.codec_context
        assert (context.codec.canonical_name, context.pix_fmt, context.width, context.height) == ("h264", "yuv420p", 128, 96)
        assert stream.frames == 40
        assert float(stream.duration * stream.time_base) == pytest.approx(40 / 30, abs=1e-3)
    data = path.read_bytes()
    assert 0 < data.find(b"moov") < data.find(b"mdat"), "the index comes first"


def test_frames_keep_content_and_their_irregular_times_counted_from_the_first(tmp_path: Path) -> None:
    taken = [5.0, 5.033, 5.066, 5.2, 5.21, 5.3, 5.333, 5.4]
    with ClipReader(write(tmp_path / "out.mp4", taken)) as reader:
        frames = list(reader)
    np.testing.assert_allclose([frame.time_s for frame in frames], np.array(taken) - 5.0, atol=1e-4)
    assert [number_in(frame.image) for frame in frames] == list(range(8))


def test_the_last_frame_lasts_as_long_as_the_one_before(tmp_path: Path) -> None:
    with av.open(str(write(tmp_path / "out.mp4", [0.0, 0.1, 0.35]))) as container:
        stream = container.streams.video[0]
        assert float(stream.duration * stream.time_base) == pytest.approx(0.6, abs=1e-3)


def test_colours_survive_in_the_matrix_the_file_announces(tmp_path: Path) -> None:
    image = np.zeros((96, 128, 3), np.uint8)
    image[:48], image[48:] = (20, 30, 220), (200, 60, 20)
    with VideoWriter(tmp_path / "out.mp4", 128, 96) as video:
        video.write(image, 0.0)
    with av.open(str(tmp_path / "out.mp4")) as container:
        frame = next(container.decode(video=0))
        assert int(frame.colorspace) == 5, "BT.601"
        seen = frame.to_ndarray(format="bgr24")
    assert np.abs(seen[20, 20].astype(int) - image[20, 20]).max() <= 6
    assert np.abs(seen[80, 20].astype(int) - image[80, 20]).max() <= 6


@pytest.mark.parametrize(("size", "even"), [((131, 97), (132, 98)), ((130, 97), (130, 98)), ((131, 96), (132, 96))])
def test_odd_sizes_become_even_without_losing_a_pixel(tmp_path: Path, size: tuple[int, int], even: tuple[int, int]) -> None:
    with ClipReader(write(tmp_path / "out.mp4", steady(3, 30), *size)) as reader:
        assert (reader.info.width_px, reader.info.height_px) == even
        assert corners_of(next(iter(reader)).image) == ["red", "green", "blue", "white"]


def test_a_single_frame_makes_a_video(tmp_path: Path) -> None:
    with ClipReader(write(tmp_path / "out.mp4", [3.0])) as reader:
        assert len(list(reader)) == 1


@pytest.mark.parametrize("failure", [RuntimeError, KeyboardInterrupt])
def test_failure_and_interrupt_leave_the_old_video_and_nothing_else(tmp_path: Path, failure: type[BaseException]) -> None:
    path = tmp_path / "out.mp4"
    path.write_bytes(b"old")

    def fail_half_way() -> None:
        with VideoWriter(path, 128, 96) as video:
            video.write(numbered(0), 0.0)
            raise failure

    with pytest.raises(failure):
        fail_half_way()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_video_without_a_frame_is_refused_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"out\.mp4: there was no frame"), VideoWriter(tmp_path / "out.mp4", 128, 96):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_an_output_error_naming_the_video(tmp_path: Path) -> None:
    with pytest.raises(OutputError, match=r"out\.mp4: cannot be written to .*absent"):
        write(tmp_path / "absent" / "out.mp4", [0.0])


def test_times_must_increase_and_sizes_agree(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="does not follow"):
        write(tmp_path / "out.mp4", [0.0, 0.1, 0.1])
    with pytest.raises(ValueError, match="in a video of 128x96"), VideoWriter(tmp_path / "out.mp4", 128, 96) as video:
        video.write(numbered(0, 64, 48), 0.0)
    assert list(tmp_path.iterdir()) == []


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
import numpy as np
from hinge_vision.errors import OutputError
from hinge_vision.video.writer import VideoWriter
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, 20_000))
rng = np.random.default_rng(0)
try:
    with VideoWriter(Path("out.mp4"), 320, 240) as video:
        for number in range(int(sys.argv[1])):
            video.write(rng.integers(0, 256, (240, 320, 3), dtype=np.uint8), number / 30)
except OutputError as error:
    sys.exit(str(error))
"""


@pytest.mark.parametrize("frames", [1, 60])
def test_a_disk_that_takes_no_more_ends_in_an_output_error_and_no_file(tmp_path: Path, frames: int) -> None:
    pytest.importorskip("resource", reason="file size limits are a matter of Unix")
    done = run_python(["-c", FULL_DISK, str(frames)], cwd=tmp_path)
    assert done.returncode == 1
    assert "out.mp4: cannot be written" in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []
