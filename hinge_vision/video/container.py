"""Opening a clip's container by PyAV: what is opened at all, and which of its streams is the film."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import av
import av.container
import av.video.stream

# Containers that hold one film in one file. FFmpeg knows far more: text as animated terminal art, and playlists that
# point to other files or hosts and are asked for again and again. None of those is a clip; they are not even opened.
_CONTAINERS = frozenset(("mov", "mp4", "3gp", "matroska", "webm", "avi", "mpegts", "mpeg", "flv", "asf", "ogg", "gif", "h264", "hevc", "m4v"))
# Opened only to tell what they are.
PICTURES = ("png_pipe", "jpeg_pipe", "webp_pipe", "bmp_pipe", "tiff_pipe", "image2")
_SOUNDS = ("mp3", "wav", "flac", "aac", "aiff", "amr")
_OPENING = {"protocol_whitelist": "file", "format_whitelist": ",".join((*_CONTAINERS, *PICTURES, *_SOUNDS))}


def open_container(path: Path) -> av.container.InputContainer:
    """Open a file of this machine, to be closed by the caller.

    Raises
    ------
    av.FFmpegError, OSError
        It is of no kind that may hold a clip, or cannot be read.
    """
    # texts in it that are no text are no reason to refuse it
    return av.open(str(path.absolute()), options=_OPENING, metadata_errors="ignore")


def film_streams(container: av.container.InputContainer) -> list[av.video.stream.VideoStream]:
    """Return the video streams whose codec is known, a cover picture left out."""
    film = [stream for stream in container.streams.video if not stream.disposition & av.stream.Disposition.attached_pic]
    # PyAV's stubs leave out that a damaged header may name no codec at all
    contexts: list[Any] = [stream.codec_context for stream in film]
    return [stream for stream, context in zip(film, contexts, strict=True) if context is not None]
