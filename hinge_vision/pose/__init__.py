"""Pose: a clip in, the lifter's landmarks and outline over time out (`pipeline.track_clip`)."""
