"""Kinematics: a pose track in, angles and dowel gaps over time out (`measure.measure`), and the reps in them (`segment.segment`)."""
