from __future__ import annotations

import os
import socket
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from hinge_vision.errors import ClipUnreadableError
from hinge_vision.video.probe import probe, shown_name
from tests.made_clips import cut_file, make_clip, make_folder, make_picture, make_pipe, make_sound, steady


def noise(path: Path) -> Path:
    path.write_bytes(np.random.default_rng(0).bytes(200_000))
    return path


def text(path: Path, content: str) -> Path:
    path.write_text(content)
    return path


def endless_link(path: Path) -> Path:
    path.symlink_to(path)
    return path


PLAYLIST = "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://127.0.0.1:{port}/clip.ts\n"

REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "missing.mp4": (lambda path: path, "there is no such file"),
    "folder.mp4": (make_folder, "this is a folder"),
    "pipe.mp4": (make_pipe, "this is a pipe or a device"),
    "loop.mp4": (endless_link, "cannot be reached"),
    "empty.mp4": (lambda path: text(path, ""), "the file is empty"),
    "zeros.mp4": (lambda path: text(path, "\0" * 100_000), "this is not a video"),
    "noise.mp4": (noise, "this is not a video"),
    "notes.mp4": (lambda path: text(path, "three sets of five\n" * 50), "this is not a video"),
    "notes.txt": (lambda path: text(path, "three sets of five\n" * 50), "this is not a video"),
    "list.ffconcat": (lambda path: text(path, "ffconcat version 1.0\nfile clip.mp4\n"), "this is not a video"),
    "picture.png": (make_picture, "this is a still picture"),
    "picture.jpg": (make_picture, "this is a still picture"),
    "sound.mp4": (make_sound, "this holds sound only"),
    "sound.m4a": (make_sound, "this holds sound only"),
    "sound.wav": (lambda path: make_sound(path, codec="pcm_f32le"), "this holds sound only"),
    "unfinished.mp4": (
        lambda path: cut_file(make_clip(path, steady(30, 30), noise=True, index_first=False), 0.8),
        "cut off before its index was written",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_clip_is_refused_in_one_line_that_names_the_file(tmp_path: Path, name: str) -> None:
    make, reason = REFUSED[name]
    with pytest.raises(ClipUnreadableError) as caught:
        probe(make(tmp_path / name))
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert reason in message
    assert "; " in message, "a remedy follows the reason"
    assert "\n" not in message
    assert caught.value.exit_code == 3


def test_a_device_is_refused() -> None:
    with pytest.raises(ClipUnreadableError, match="pipe or a device"):
        probe(Path(os.devnull))


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read everything")
def test_a_file_without_read_permission_is_refused(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(3, 30))
    clip.chmod(0)
    with pytest.raises(ClipUnreadableError, match="Permission denied"):
        probe(clip)


def test_a_playlist_dressed_as_a_clip_opens_no_connection(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        for name in ("list.m3u8", "list.mp4"):
            with pytest.raises(ClipUnreadableError, match="this is not a video"):
                probe(text(tmp_path / name, PLAYLIST.format(port=port)))
        with pytest.raises(TimeoutError):
            server.accept()


def test_a_name_that_is_no_text_is_refused_rather_than_handed_to_a_library_that_crashes_on_it(tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", steady(3, 30))
    broken = os.fsencode(tmp_path) + b"/b\xffd.mp4"
    try:
        os.rename(clip, broken)  # noqa: PTH104  a Path cannot hold it
    except OSError:
        pytest.skip("this file system takes text names only")
    with pytest.raises(ClipUnreadableError, match="not valid text"):
        probe(Path(os.fsdecode(broken)))


def test_a_name_is_shown_on_one_line_whatever_it_holds() -> None:
    assert shown_name(Path("a/Knie 膝.mp4")) == "Knie 膝.mp4"
    assert shown_name(Path("two\nlines\x1b[31m.mp4")) == r"two\nlines\x1b[31m.mp4"
    assert shown_name(Path(os.fsdecode(b"b\xff.mp4"))).isprintable()


def test_the_stream_is_described_without_decoding(tmp_path: Path) -> None:
    contents = probe(make_clip(tmp_path / "clip.mp4", steady(30, 25)))
    assert (contents.codec, contents.fps, contents.truncated) == ("h264", 25.0, False)
    np.testing.assert_allclose(np.sort(contents.stamps_s), steady(30, 25), atol=1e-4)


def test_a_file_that_was_written_anew_is_looked_into_anew(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", steady(30, 25))
    assert len(probe(path).stamps_s) == 30
    path.unlink()
    make_clip(path, steady(20, 25))
    assert len(probe(path).stamps_s) == 20


def test_a_box_of_an_unknown_kind_before_the_index_is_no_reason_to_refuse_a_clip(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", steady(30, 30), index_first=False)
    content = path.read_bytes()
    index = content.index(b"moov") - 4
    path.write_bytes(content[:index] + (16).to_bytes(4, "big") + b"a-b " + bytes(8) + content[index:])
    assert len(probe(path).stamps_s) == 30
