"""Writing a video that plays in every browser and phone: H.264, yuv420p, faststart, real frame times."""

from __future__ import annotations

from contextlib import AbstractContextManager
from fractions import Fraction
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np
from av.video.reformatter import ColorRange, Colorspace

from hinge_vision.arrays import ImageArray
from hinge_vision.cores import is_on_one_core
from hinge_vision.errors import OutputError
from hinge_vision.video.files import atomic_path
from hinge_vision.video.probe import shown_name

# The clock of MPEG: any frame rate in use falls on it to within 6 microseconds.
_TICKS_PER_S = 90_000
# Constant quality: crf 24, ultrafast with deblocking: 38.8 dB at half the time of veryfast 22 (docs/performance.md, x264).
# No B-frames, so that the order stored is the order shown and the last frame keeps its length; a key frame at least every 30,
# so that a page can jump to any moment at once.
_ENCODER = {"crf": "24", "preset": "ultrafast", "x264-params": "no-deblock=0", "bf": "0", "g": "30"}
_BT709 = 1


class VideoWriter:
    """An MP4 file to which frames are written with the time each was taken.

    The first frame becomes time 0 of the video; every later one keeps its distance to it, however irregular. The file
    appears under its name only when it is complete.

    Parameters
    ----------
    path
        The video to write, with the suffix .mp4; replaced if it exists.
    width_px, height_px
        Size of the images; an odd one is made even by doubling the last row or column.

    Raises
    ------
    OutputError
        It cannot be written, or no frame was given.

    Examples
    --------
    >>> with VideoWriter(Path("out.mp4"), 640, 480) as video:  # doctest: +SKIP
    ...     for frame in frames:
    ...         video.write(frame.image, frame.time_s)
    """

    def __init__(self, path: Path, width_px: int, height_px: int) -> None:
        self.path = Path(path)
        self._size_px = (width_px, height_px)
        self._first_s = 0.0
        self._last_tick = -1
        self._step = round(_TICKS_PER_S / 30)
        self._target: AbstractContextManager[Path] = atomic_path(self.path)

    def __enter__(self) -> VideoWriter:
        temporary = self._target.__enter__()
        try:
            self._open(temporary)
        except BaseException as error:
            self._target.__exit__(type(error), error, error.__traceback__)
            raise
        return self

    def _open(self, temporary: Path) -> None:
        width, height = self._size_px
        try:
            self._container = av.open(str(temporary.absolute()), "w", format="mp4", options={"movflags": "+faststart"})
        except OSError as error:
            # PyAV's errors name the temporary file; the user knows only the final one.
            raise self._refused(error) from error
        self._stream = self._container.add_stream("libx264", rate=30, options=_ENCODER)
        self._stream.width, self._stream.height = width + width % 2, height + height % 2
        self._stream.pix_fmt = "yuv420p"
        self._stream.time_base = Fraction(1, _TICKS_PER_S)
        context = self._stream.codec_context
        context.time_base = Fraction(1, _TICKS_PER_S)
        if is_on_one_core():
            context.thread_count = 1
        context.color_range, context.colorspace = ColorRange.MPEG, Colorspace.ITU601
        context.color_primaries = context.color_trc = _BT709

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if error is None:
            try:
                self._finish()
            except BaseException as failure:
                self._target.__exit__(type(failure), failure, failure.__traceback__)
                raise
        else:
            self._abandon()
        self._target.__exit__(kind, error, trace)

    def write(self, image: ImageArray, time_s: float) -> None:
        """Add a frame.

        Parameters
        ----------
        image : (height_px, width_px, 3) uint8
            Channels blue, green, red.
        time_s
            When it was taken; later than the frame before.

        Raises
        ------
        OutputError
            The disk is full or gone.
        ValueError
            The image has another size, or the time does not increase.
        """
        width, height = self._size_px
        if image.shape != (height, width, 3):
            raise ValueError(f"image of shape {image.shape} in a video of {width}x{height} pixels")
        if self._last_tick < 0:
            self._first_s = time_s
        tick = round((time_s - self._first_s) * _TICKS_PER_S)
        if not tick > self._last_tick:
            raise ValueError(f"frame at {time_s} s does not follow the one before")
        if width % 2 or height % 2:
            image = np.asarray(cv2.copyMakeBorder(image, 0, height % 2, 0, width % 2, cv2.BORDER_REPLICATE), dtype=np.uint8)
        # a fifth of the work of FFmpeg's scaler, in the matrix of BT.601
        frame = av.VideoFrame.from_ndarray(np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2YUV_I420), dtype=np.uint8), format="yuv420p")
        frame.pts, frame.time_base = tick, Fraction(1, _TICKS_PER_S)
        if self._last_tick >= 0:
            self._step = tick - self._last_tick
        self._last_tick = tick
        self._encode(frame)

    def _encode(self, frame: av.VideoFrame | None) -> None:
        try:
            for packet in self._stream.encode(frame):
                # Each frame lasts until the next; the last one as long as the one before.
                if packet.pts == self._last_tick:
                    packet.duration = self._step
                self._container.mux(packet)
        except OSError as error:
            raise self._refused(error) from error

    def _finish(self) -> None:
        if self._last_tick < 0:
            self._abandon()
            raise OutputError(f"{shown_name(self.path)}: there was no frame to write, so no video was made")
        try:
            self._encode(None)
            self._container.close()
        except OSError as error:
            raise self._refused(error) from error
        except BaseException:
            self._abandon()
            raise

    def _abandon(self) -> None:
        """Close without caring what becomes of the file: it is about to be removed."""
        try:
            self._container.close()
        except (av.FFmpegError, OSError, ValueError):
            return

    def _refused(self, error: OSError) -> OutputError:
        why = error.strerror or str(error)
        return OutputError(f"{shown_name(self.path)}: cannot be written to {self.path.parent} ({why}); free some space or choose another folder")
