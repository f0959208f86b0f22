"""A look into a clip before it is read: what it holds, or why it cannot be read."""

from __future__ import annotations

import stat
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.sidedata.sidedata import Type

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.errors import ClipUnreadableError
from hinge_vision.video.container import PICTURES, film_streams, open_container
from hinge_vision.video.orientation import Orientation
from hinge_vision.video.timing import mend_in_order

# These number their frames in the order stored, or not at all: no time of a frame can be had from them.
_NO_STAMPS = frozenset(("avi", "h264", "hevc", "m4v"))
# 8K is half of it. A header may announce anything, and the decoder would ask for the memory.
_MOST_PIXELS = 64_000_000
# The first picture comes within the first few packets, or not at all.
_PACKETS_TO_FIRST = 60
# A recording in fragments of a tenth of a second has so many boxes in an hour; a file of empty ones could have any number.
_MOST_BOXES = 100_000
_REENCODE = "save or export it again as MP4 (H.264)"


@dataclass(frozen=True)
class Contents:
    """What a clip announces of its video stream.

    Attributes
    ----------
    codec
        FFmpeg's name of the codec.
    fps
        The average rate announced, NaN if none is.
    stamps_s : (N,) float
        Presentation time of each frame to be shown, seconds from the start of the stream, in file order; NaN = none given.
    truncated
        The file ends before what it announces does.
    keys : (N,) bool
        Which of those frames are key frames: they can be decoded alone.
    orientation
        How its pictures are to be turned; None = none of the first could be decoded to tell.
    """

    codec: str
    fps: float
    stamps_s: FloatArray
    truncated: bool
    keys: BoolArray
    orientation: Orientation | None = None


def shown_name(path: Path) -> str:
    """Return the file's name as it may stand in a one-line message, whatever bytes it is made of."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "backslashreplace").decode("ascii") for c in path.name) or str(path)


def probe(path: Path) -> Contents:
    """Read a clip's structure, decoding no more than its first picture.

    Raises
    ------
    ClipUnreadableError
        It is no regular, readable file, or holds no video.
    """
    name = shown_name(path)
    _check_file(path, name)
    try:
        # OpenCV crashes on a name that is not valid text.
        str(path.absolute()).encode("utf-8")
    except UnicodeEncodeError as error:
        raise ClipUnreadableError(f"{name}: the name of the file or of a folder above it is not valid text; rename it to plain letters") from error
    status = path.stat()
    return _probed(path.absolute(), name, (status.st_ino, status.st_size, status.st_mtime_ns))


# A clip is looked into anew for each way through it: survey, analysis, pictures.
@lru_cache(maxsize=4)
def _probed(path: Path, name: str, _: tuple[int, int, int]) -> Contents:
    """Look into the file; the last argument is what changes when it does."""
    boxes, whole, cut = _mp4_boxes(path)
    if whole and "ftyp" in boxes and "moov" not in boxes and "moof" not in boxes:
        raise ClipUnreadableError(
            f"{name}: the recording was cut off before its index was written, so it cannot be played; copy it again from the phone, or film again"
        )
    try:
        with open_container(path) as container:
            return _contents(container, name, cut)
    except av.FFmpegError as error:
        raise ClipUnreadableError(f"{name}: this is not a video, or it is damaged beyond reading; try to play it, and {_REENCODE}") from error


def _check_file(path: Path, name: str) -> None:
    try:
        status = path.stat()
    except FileNotFoundError as error:
        raise ClipUnreadableError(f"{name}: there is no such file; check the name and the folder") from error
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or error
        raise ClipUnreadableError(f"{name}: cannot be reached ({why}); check the path and its permissions") from error
    if stat.S_ISDIR(status.st_mode):
        raise ClipUnreadableError(f"{name}: this is a folder, not a clip; give the video file itself, or use hinge-vision batch")
    if not stat.S_ISREG(status.st_mode):
        raise ClipUnreadableError(f"{name}: this is a pipe or a device, not a file; save the clip as a file first")
    if status.st_size == 0:
        raise ClipUnreadableError(f"{name}: the file is empty (0 bytes); copy or download it again")
    try:
        with path.open("rb"):
            pass
    except OSError as error:
        raise ClipUnreadableError(f"{name}: cannot be opened ({error.strerror}); check the file's permissions") from error


def _mp4_boxes(path: Path) -> tuple[set[str], bool, bool]:
    """List the outermost boxes of an MP4 or MOV file; tell whether these are all, and whether the last one reaches beyond the file's end.

    Any other file has none.
    """
    size = path.stat().st_size
    found: set[str] = set()
    at = 0
    with path.open("rb") as file:
        for _ in range(_MOST_BOXES):
            if at + 8 > size:
                return found, True, bool(found) and at > size
            file.seek(at)
            head = file.read(16)
            length, kind = int.from_bytes(head[:4], "big"), head[4:8]
            if not kind.isalnum() or (not found and kind not in (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip")):
                break
            found.add(kind.decode("latin-1"))
            if length == 1:
                length = int.from_bytes(head[8:16], "big")
            if length < 8:  # 0: to the end of the file
                return found, length == 0, False
            at += length
    return found, False, False


def _contents(container: av.container.InputContainer, name: str, cut: bool) -> Contents:
    format_name = container.format.name
    if format_name in PICTURES:
        raise ClipUnreadableError(f"{name}: this is a still picture, not a video; give the clip itself")
    streams = film_streams(container)
    if not streams:
        what = "this holds sound only, no picture" if container.streams.audio else "there is no video in this file"
        if any(not stream.disposition & av.stream.Disposition.attached_pic for stream in container.streams.video):
            what = "its pictures are of no kind known here, or it is damaged"
        raise ClipUnreadableError(f"{name}: {what}; give a video clip, for example MP4 or MOV")
    stream = streams[0]
    _check_size(stream, name)
    start = stream.start_time or 0
    stamped = not _NO_STAMPS & set(format_name.split(","))
    # decoding may change what the header says of it
    in_order = not stream.codec_context.has_b_frames
    stamps: list[float] = []
    keys: list[bool] = []
    orientation: Orientation | None = None
    end_s = 0.0
    try:
        for packet in container.demux():
            of_film = packet.stream.index == stream.index
            if of_film and orientation is None and len(stamps) < _PACKETS_TO_FIRST:
                orientation = _orientation(packet)  # of the empty one that ends the stream too: a short clip's first picture may come with it
            if packet.size == 0 or packet.time_base is None:
                continue
            stamp = packet.pts if packet.pts is not None else packet.dts
            if stamp is not None:
                end_s = max(end_s, float((stamp + (packet.duration or 0)) * packet.time_base))
            if of_film and not packet.is_discard:
                stamps.append(np.nan if packet.pts is None or not stamped else float((packet.pts - start) * packet.time_base))
                keys.append(packet.is_keyframe)
    except (av.FFmpegError, OSError):
        cut = True
    announced_s = (container.duration or 0) / av.time_base + max(0.0, (container.start_time or 0) / av.time_base)
    rate = stream.average_rate or stream.guessed_rate
    # An index that promises half a second or more than the file holds: the copy was broken off.
    short = end_s > 0 and announced_s - end_s > max(0.5, 0.02 * announced_s)
    if format_name == "avi":
        short = len(stamps) < stream.frames
    return Contents(
        codec=stream.codec_context.codec.canonical_name,
        fps=float(rate) if rate else float("nan"),
        stamps_s=mend_in_order(np.array(stamps, dtype=np.float64)) if in_order else np.array(stamps, dtype=np.float64),
        truncated=cut or short,
        keys=np.array(keys, dtype=bool),
        orientation=orientation,
    )


def _check_size(stream: av.video.stream.VideoStream, name: str) -> None:
    width, height = stream.codec_context.width, stream.codec_context.height
    if width * height > _MOST_PIXELS:
        raise ClipUnreadableError(
            f"{name}: its pictures are {width}x{height} pixels, more than can be worked on, or it is damaged; export the clip again at 4K or smaller"
        )


def _orientation(packet: av.Packet[Any]) -> Orientation | None:
    """Return how the picture in a packet is to be turned: it brings the display matrix along; None where it cannot be decoded."""
    try:
        frames = packet.decode()
    except (av.FFmpegError, OSError):
        return None
    if not frames:
        return None
    side_data: Any = frames[0].side_data  # PyAV's stubs leave its keys out
    matrix = side_data.get(Type.DISPLAYMATRIX)
    return Orientation.from_matrix(b"" if matrix is None else bytes(matrix))
