"""What the files of one clip's results are called."""

from __future__ import annotations

JSON, HTML, FRAMES, REPS, TRACK, VIDEO = "report.json", "report.html", "frames.csv", "reps.csv", "track.npz", "annotated.mp4"
REPORT = (JSON, HTML, FRAMES, REPS, TRACK, VIDEO)
PICTURES = "frames"
"""Folder of the evidence frames."""
PICTURE_NAMES = "frame_*.png"
# Videos that `annotate` makes beside the report's.
SLOW_VIDEO, SIDE_BY_SIDE = "annotated_slow.mp4", "side_by_side.mp4"
