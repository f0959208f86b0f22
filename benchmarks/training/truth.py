"""Which column of a truth file holds which of the measured angles."""

from __future__ import annotations

TRUTH = {
    "lumbar_flexion": "lumbar_flexion_deg",
    "thoracic_flexion": "thoracic_flexion_deg",
    "pelvic_tilt": "pelvis_tilt_deg",
    "hip_flexion": "hip_flexion_deg",
    "knee_flexion": "knee_flexion_deg",
    "trunk_inclination": "trunk_incl_hip_shoulder_deg",
    "hip_line": "hip_line_deg",
    "neck_flexion": "neck_flexion_deg",
}
