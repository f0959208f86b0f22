"""Findings: the three faults, thresholds with their sources, confidence and abstention, drills."""
