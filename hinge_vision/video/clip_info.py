"""What is known of a clip itself."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class ClipInfo:
    """What is known of the clip itself.

    `width_px` and `height_px` are those of the upright image (rotation applied). `fps` is the median rate of the
    timestamps in the file. `decode_failures` counts frames the decoder announced but could not deliver.
    """

    name: str
    width_px: int
    height_px: int
    fps: float
    duration_s: float
    frames: int
    codec: str
    decode_failures: int = 0
    truncated: bool = False
