"""Spine: a mask in, the outline of the back out (`dorsal_outline`); a track's `features` in, the angles out (`PostureModel.since`)."""
