"""From a judged clip to its annotated video and frames, reading the clip once; the pose model is not run again."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path

import numpy as np

from hinge_vision.arrays import ImageArray
from hinge_vision.cores import opencv_in_one_thread
from hinge_vision.overlay.pictures import Pictures
from hinge_vision.overlay.side_by_side import Beside, first_bottom_s
from hinge_vision.video.ahead import ahead
from hinge_vision.video.writer import VideoWriter

FrameSink = Callable[[int, ImageArray], None]
"""Called with the frame's number in the clip and the drawn picture."""


@opencv_in_one_thread()
def render(pictures: Pictures, video_path: Path | None, sink: FrameSink, *, slow: float = 1.0, other: Pictures | None = None) -> float:
    """Write the annotated video (where a path is given) and hand every chosen frame to the sink.

    Parameters
    ----------
    pictures
        The clip, drawn.
    video_path
        Where the video goes; None = there is none.
    sink
        Takes the chosen frames.
    slow
        Playing speed: 0.5 = half as fast.
    other
        A clip to show to the right of this one.

    Returns
    -------
    float
        The clip time, in seconds, of the video's first frame.
    """
    overlay = pictures.overlay
    start_s: float | None = None
    with ExitStack() as stack:
        reader = stack.enter_context(pictures.reader())
        beside = None if other is None else stack.enter_context(Beside(other, first_bottom_s(pictures.report), overlay.height_px))
        width_px = overlay.width_px + (0 if beside is None else beside.width_px)
        writer = None if video_path is None else stack.enter_context(VideoWriter(video_path, width_px, overlay.height_px))
        # one thread decodes, one draws, this one encodes
        drawn = stack.enter_context(closing(ahead(pictures.drawn(reader, overlay, video=writer is not None))))
        for frame, in_video in drawn:
            if frame.index in pictures.chosen:
                sink(frame.index, frame.image)
            if in_video and writer is not None:
                start_s = frame.time_s if start_s is None else start_s
                image = frame.image if beside is None else np.concatenate([frame.image, beside.at(frame.time_s)], axis=1)
                writer.write(image, (frame.time_s - start_s) / slow)
    return 0.0 if start_s is None else start_s
