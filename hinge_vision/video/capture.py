"""Decoding by PyAV behind the few calls of OpenCV's VideoCapture that the reader makes.

It is used for AV1, for key frames, for leaping to single frames, and for frames delivered in a smaller size.
"""

from __future__ import annotations

from collections.abc import Generator
from pathlib import Path
from typing import Any, Protocol

import av
import cv2
import numpy as np

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.cores import is_on_one_core
from hinge_vision.video.container import film_streams, open_container
from hinge_vision.video.reduce import bgr, reduced_bgr

# Times this near are the same: those of a file's own frames lie further apart.
_SAME_S = 1e-4


class Capture(Protocol):
    """What the reader needs of a decoder; `cv2.VideoCapture` is one."""

    def isOpened(self) -> bool: ...  # noqa: N802, D102  OpenCV's name
    def grab(self) -> bool: ...  # noqa: D102
    def retrieve(self) -> tuple[bool, cv2.typing.MatLike | None]: ...  # noqa: D102
    def get(self, propId: int) -> float: ...  # noqa: N803, D102
    def release(self) -> None: ...  # noqa: D102


class PyAVCapture:
    """A clip's video stream, decoded frame by frame by PyAV.

    Parameters
    ----------
    path
        A file that `probe` has accepted.
    key_frames
        Decode key frames only.
    """

    def __init__(self, path: Path, *, key_frames: bool = False) -> None:
        self._container = open_container(path)
        self._stream = film_streams(self._container)[0]
        self._stream.thread_type = "NONE" if is_on_one_core() else "AUTO"
        if key_frames:
            self._stream.codec_context.skip_frame = "NONKEY"
        self._wanted_s: FloatArray | None = None
        self._frames = self._decode()
        self._frame: av.VideoFrame | None = None
        self._stored_px: tuple[int, int] | None = None
        self._reduced_px: tuple[int, int] | None = None

    def isOpened(self) -> bool:  # noqa: N802
        """Return True: a file that cannot be opened has raised before."""
        return True

    def grab(self) -> bool:
        """Go to the next frame that can be decoded."""
        self._frame = next(self._frames, None)
        return self._frame is not None

    def only(self, times_s: FloatArray) -> None:
        """From now on decode only what is stored for these times, in increasing order: sense for frames that are decoded alone."""
        self._wanted_s = times_s

    def seek(self, time_s: float) -> None:
        """Go to the key frame at or before a time: the next `grab` delivers it."""
        self._frames.close()
        if self._stream.time_base is not None:
            self._container.seek(round(time_s / self._stream.time_base) + (self._stream.start_time or 0), stream=self._stream)
        self._frames = self._decode()
        self._frame = None

    def reduce_to(self, width_px: int, height_px: int) -> None:
        """From now on deliver frames reduced to this size, as far as they are stored in the size of the first one delivered so."""
        self._reduced_px = width_px, height_px

    def retrieve(self) -> tuple[bool, ImageArray | None]:
        """Return the frame gone to, blue, green, red, as stored (not turned upright)."""
        frame = self._frame
        if frame is None:
            return False, None
        if self._reduced_px is None:
            return True, bgr(frame)
        if self._stored_px is None:
            self._stored_px = frame.width, frame.height
        if self._stored_px != (frame.width, frame.height):
            return False, None
        return True, reduced_bgr(frame, *self._reduced_px)

    def get(self, propId: int) -> float:  # noqa: N803
        """Return one of OpenCV's properties; 0 for those not known here."""
        if propId == cv2.CAP_PROP_POS_MSEC and self._frame is not None and (time_s := self._time_s(self._frame)) is not None:
            return time_s * 1000.0
        aspect = self._stream.sample_aspect_ratio
        rate = self._stream.average_rate
        known = {
            cv2.CAP_PROP_FPS: float(rate) if rate else 0.0,
            cv2.CAP_PROP_SAR_NUM: float(aspect.numerator) if aspect else 0.0,
            cv2.CAP_PROP_SAR_DEN: float(aspect.denominator) if aspect else 0.0,
        }
        return known.get(propId, 0.0)

    def release(self) -> None:
        """Close the file."""
        self._frames.close()
        self._container.close()

    def _decode(self) -> Generator[av.VideoFrame, None, None]:
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets)
                if not self._is_wanted(packet):
                    continue
                frames = packet.decode()
            except StopIteration:
                return
            except (av.FFmpegError, OSError):  # a damaged packet: its frame is lost, the next may be whole
                continue
            yield from (frame for frame in frames if isinstance(frame, av.VideoFrame))

    def _is_wanted(self, packet: av.Packet[Any]) -> bool:
        """Tell whether a packet is to be decoded; one without a time always is, as is the empty one that ends the stream."""
        time_s = self._time_s(packet)
        if self._wanted_s is None or time_s is None:
            return True
        near = np.searchsorted(self._wanted_s, [time_s - _SAME_S, time_s + _SAME_S])
        return bool(near[0] < near[1])

    def _time_s(self, stamped: av.Packet[Any] | av.VideoFrame) -> float | None:
        if stamped.pts is None or stamped.time_base is None:
            return None
        return float((stamped.pts - (self._stream.start_time or 0)) * stamped.time_base)
