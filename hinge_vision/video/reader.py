"""Reading a clip: upright BGR images with the time each was taken."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import TracebackType

import av
import cv2
import numpy as np

from hinge_vision.arrays import ImageArray, IntArray
from hinge_vision.cores import is_on_one_core
from hinge_vision.errors import ClipUnreadableError
from hinge_vision.video.capture import Capture, PyAVCapture
from hinge_vision.video.clip_info import ClipInfo
from hinge_vision.video.frame import Frame
from hinge_vision.video.glance import key_rate_hz, keys_are_enough, looks_after_keys
from hinge_vision.video.orientation import Orientation
from hinge_vision.video.pixels import as_bgr, pixel_aspect, with_square_pixels
from hinge_vision.video.probe import probe, shown_name
from hinge_vision.video.timeline import Timeline
from hinge_vision.video.timing import Thinning

_DEFAULT_FPS = 30.0
_PLAUSIBLE_FPS = (0.5, 2000.0)
# FFmpeg in OpenCV's wheels holds no decoder for it; PyAV's does.
_NOT_IN_OPENCV = frozenset(("av1",))
# Where the container does not set the decoder down at a key frame, the second attempt begins this much earlier.
_RUN_UP_S = 1.0


class ClipReader:
    """A clip as a sequence of frames, from first to last, once.

    Times are those in the file (a phone's frame rate varies); where it holds none that can be used, frame `i` is at
    `i / fps`. The image is turned upright as the file's rotation says, and stretched where its pixels are not square.

    Parameters
    ----------
    path
        The clip.
    start_s, end_s
        The part to deliver, in seconds of the clip's own time (as a player shows it); None = from its beginning, to its end.
    capture_fps
        The rate at which a slow-motion clip was filmed: times are shortened to real time. None = it plays in real time.
    rate_hz
        Frames to deliver per second of real time at most, chosen by their times; None = all.
    glance
        A look at the clip will do. Where the file has a key frame every second or so, iterating delivers key frames only, which are
        decoded alone; of a long clip those some two seconds apart. Where they are rarer it delivers some frames after each, if that
        leaves out at least half of the clip. Of frames that are never decoded nobody can tell whether they could be.
    size_px
        Width and height in which to deliver the frames, no larger than the clip's own; None = as they are. They are reduced in the
        decoder's colour planes, at a third of the work, by the decoder that can leap too.

    Raises
    ------
    ClipUnreadableError
        The clip is missing, is no video, holds no frame that can be decoded, or none in the part asked for.

    Examples
    --------
    >>> with ClipReader(Path("deadlift.mp4"), rate_hz=30) as reader:  # doctest: +SKIP
    ...     for frame in reader:
    ...         print(frame.index, frame.time_s, frame.image.shape)
    """

    def __init__(
        self,
        path: Path | str,
        *,
        start_s: float | None = None,
        end_s: float | None = None,
        capture_fps: float | None = None,
        rate_hz: float | None = None,
        glance: bool = False,
        size_px: tuple[int, int] | None = None,
    ) -> None:
        self.path = Path(path)
        self._name = shown_name(self.path)
        contents = probe(self.path)
        self._contents = contents
        self._start_s = 0.0 if start_s is None else start_s
        self._end_s = math.inf if end_s is None else end_s
        enough = glance and keys_are_enough(contents.stamps_s, contents.keys, self._start_s, self._end_s)
        self._keys_only = enough and contents.orientation is not None
        self._wanted_px = size_px
        self._capture = self._open()
        self._orientation = contents.orientation or Orientation(False, round(self._capture.get(cv2.CAP_PROP_ORIENTATION_META) / 90) % 4)
        try:
            self._timeline = Timeline.of(contents.stamps_s, contents.keys, self._announced_fps())
            self._to_real = 1.0 if capture_fps is None else self._timeline.fps / capture_fps
            self._index = -1
            if self._keys_only:
                seen_s = min(self._end_s, self._timeline.end_s(self._index)) - self._start_s
                self._choose_keys(min(rate_hz or math.inf, key_rate_hz(seen_s * self._to_real)))
                rate_hz = None  # all that is decoded is delivered
            self._thinning = Thinning(rate_hz, self._timeline.fps / self._to_real)
            self._lost = 0
            self._complete = False
            # as stored, not yet upright
            self._aspect = pixel_aspect(self._capture.get(cv2.CAP_PROP_SAR_NUM), self._capture.get(cv2.CAP_PROP_SAR_DEN))
            self._may_leap = self._timeline.stamped
            self._first: ImageArray | None = None
            self._size_px = self._decode_first()
            if size_px is not None:
                self._reduce()
                self._first = self._retrieve()
            self._check_start()
            self._looks: IntArray | None = None
            if glance and not self._keys_only:
                part_s = self._start_s * self._to_real, self._end_s * self._to_real
                self._looks = looks_after_keys(self._timeline.times_s * self._to_real, self._timeline.keys, *part_s)
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> ClipReader:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the file."""
        self._capture.release()

    @property
    def info(self) -> ClipInfo:
        """What is known of the clip. `duration_s` is real time; failures are counted up to the frame reached."""
        frames = max(self._timeline.frames, self._index + 1)
        return ClipInfo(
            name=self.path.name,
            width_px=self._size_px[0],
            height_px=self._size_px[1],
            fps=self._timeline.fps,
            duration_s=self._timeline.end_s(self._index) * self._to_real,
            frames=frames,
            codec=self._contents.codec,
            decode_failures=0 if self._keys_only else self._lost + (frames - self._index - 1 if self._complete else 0),
            truncated=self._contents.truncated,
        )

    def __iter__(self) -> Iterator[Frame]:
        return self.frames() if self._looks is None else self.pick(self._looks)

    def frames(self, wanted: Callable[[int, float], bool] | None = None) -> Iterator[Frame]:
        """Yield the frames at the rate asked for, or those that `wanted` chooses; the others are decoded but not converted.

        Parameters
        ----------
        wanted
            Asked once for each frame of the part to deliver, in order, with its number and real time in seconds; it is
            delivered at once if the answer is True.
        """
        if wanted is None:
            wanted = self._at_rate
        found = False
        while self._index >= 0:
            time_s = self._timeline.time_s(self._index)
            if time_s > self._end_s:
                break
            if time_s >= self._start_s and wanted(self._index, time_s * self._to_real):
                image = self._first if self._first is not None else self._retrieve()
                if image is None:
                    self._lost += 1
                else:
                    found = True
                    yield Frame(self._index, time_s * self._to_real, image)
            self._first = None
            if not self._grab():
                self._complete = True
                break
        if not found:
            part = f"between {self._start_s:g} s and {min(self._end_s, self._timeline.end_s(self._index)):g} s"
            raise ClipUnreadableError(f"{self._name}: no frame can be decoded {part}; choose another part, or copy the clip again")

    def pick(self, numbers: Iterable[int]) -> Iterator[Frame]:
        """Yield single frames by their numbers, in order; what lies between is leapt over where the file allows it.

        A number whose frame cannot be decoded, or lies outside the part to deliver, is left out.
        """
        for number in sorted(int(number) for number in numbers if self._start_s <= self._timeline.time_s(number) <= self._end_s):
            self._go_to(number)
            image = self._first if self._first is not None else self._retrieve()
            if self._index == number and image is not None:
                yield Frame(number, self._timeline.time_s(number) * self._to_real, image)

    def _at_rate(self, _: int, time_s: float) -> bool:
        return self._thinning.keeps(time_s)

    def _choose_keys(self, rate_hz: float) -> None:
        """Leave out, undecoded, the key frames that the rate leaves out."""
        thinning = Thinning(rate_hz, self._timeline.fps / self._to_real)
        stamps_s = self._contents.stamps_s[self._contents.keys]
        part_s = np.sort(stamps_s[(stamps_s >= self._start_s) & (stamps_s <= self._end_s)])
        if isinstance(self._capture, PyAVCapture):
            self._capture.only(np.array([time_s for time_s in part_s if thinning.keeps(time_s * self._to_real)]))

    def _go_to(self, number: int) -> None:
        key = self._timeline.key_before(number)
        key_s = self._timeline.time_s(key)
        if self._may_leap and key > self._index and not (self._leap(number, key_s) or self._leap(number, key_s - _RUN_UP_S)):
            # no timestamp can be relied on: all is read once from the beginning
            self._may_leap = False
            self._capture.release()
            self._capture = self._open()
            self._reduce()
            self._index = -1
        while self._index < number and self._grab():
            self._first = None

    def _leap(self, number: int, key_s: float) -> bool:
        """Go to a frame from a key frame; False where timestamps do not prove that it was found."""
        if number >= self._timeline.frames:
            return False
        try:
            if not isinstance(self._capture, PyAVCapture):
                self._capture.release()
                self._capture = PyAVCapture(self.path)
            self._capture.seek(max(0.0, key_s))
        except (av.FFmpegError, OSError):
            return False
        self._first = None
        while self._capture.grab():
            near = self._timeline.nearest(self._stamp_s())
            if near is None or near > number:
                return False
            self._index = near
            if near == number:
                return True
        return False

    def _open(self) -> Capture:
        if self._keys_only or self._wanted_px is not None or self._contents.codec in _NOT_IN_OPENCV:
            return PyAVCapture(self.path, key_frames=self._keys_only)
        threads = [cv2.CAP_PROP_N_THREADS, 1] if is_on_one_core() else []
        capture = cv2.VideoCapture(str(self.path.absolute()), cv2.CAP_FFMPEG, threads)
        if not capture.isOpened():
            raise self._undecodable()
        # OpenCV would turn the picture, and take a header that mirrors it for one that turns it upside down
        capture.set(cv2.CAP_PROP_ORIENTATION_AUTO, 0)
        return capture

    def _check_start(self) -> None:
        end_s = self._timeline.end_s(self._index)
        if self._start_s >= end_s:
            raise ClipUnreadableError(f"{self._name}: the start at {self._start_s:g} s lies beyond the clip's end at {end_s:.1f} s; start earlier")

    def _undecodable(self) -> ClipUnreadableError:
        return ClipUnreadableError(
            f"{self._name}: no frame can be decoded (codec {self._contents.codec}); save or export the clip again as MP4 (H.264), or copy it again"
        )

    def _announced_fps(self) -> float:
        for fps in (float(self._capture.get(cv2.CAP_PROP_FPS)), self._contents.fps):
            if _PLAUSIBLE_FPS[0] <= fps <= _PLAUSIBLE_FPS[1]:
                return fps
        return _DEFAULT_FPS

    def _decode_first(self) -> tuple[int, int]:
        """Go to the first frame that can be decoded, and return its size: what the header says may be wrong."""
        self._size_px = (0, 0)
        while self._grab():
            self._first = self._retrieve()
            if self._first is not None:
                return self._first.shape[1], self._first.shape[0]
            self._lost += 1
        raise self._undecodable()

    def _reduce(self) -> None:
        """Have the decoder's frames delivered in the size asked for."""
        if self._wanted_px is not None and isinstance(self._capture, PyAVCapture):
            width, height = self._wanted_px
            self._capture.reduce_to(*((height, width) if self._orientation.swaps_sides else (width, height)))

    def _grab(self) -> bool:
        """Go to the next frame that the decoder accepts."""
        if self._keys_only:
            return self._grab_key()
        # OpenCV gives up at a damaged packet as it does at the end; it goes on when asked again. Each attempt uses up one
        # packet at least, so there need be no more attempts than frames left.
        left = max(1, self._timeline.frames - self._index - 1)
        if not any(self._capture.grab() for _ in range(left)):
            return False
        self._index = self._number(self._stamp_s())
        return True

    def _grab_key(self) -> bool:
        """Go to the next key frame."""
        while self._capture.grab():
            near = self._timeline.nearest(self._stamp_s())
            if near is not None and near > self._index:
                self._index = near
                return True
        return False

    def _number(self, stamp_s: float) -> int:
        """Return the number of the frame just grabbed.

        The decoder drops damaged frames without a word; the timestamp tells how many. Its first one may be off (it is
        the decoding time where frames are stored out of order), so only a stamp that fits one in the file counts.
        """
        follows = self._index + 1
        if not self._timeline.stamped or follows >= self._timeline.frames:
            return follows
        near = self._timeline.nearest(stamp_s)
        if near is None or near <= follows:
            return follows
        self._lost += near - follows
        return near

    def _stamp_s(self) -> float:
        """Timestamp of the frame just grabbed."""
        return float(self._capture.get(cv2.CAP_PROP_POS_MSEC)) / 1000.0

    def _retrieve(self) -> ImageArray | None:
        delivered, image = self._capture.retrieve()
        if not delivered or image is None or image.size == 0:
            return None
        upright = self._orientation.upright(as_bgr(image))
        wanted_px = self._size_px if self._wanted_px is None else self._wanted_px
        if self._aspect != 1.0 and (upright.shape[1], upright.shape[0]) != wanted_px:
            # the longer way of a pixel lies across once a rotation by a quarter turn is applied
            upright = with_square_pixels(upright, 1.0 / self._aspect if self._orientation.swaps_sides else self._aspect)
        if self._size_px != (0, 0) and (upright.shape[1], upright.shape[0]) != wanted_px:
            return None
        return upright
