"""Whatever hides the body or makes it hard to see: plates, clothes, light, blur, swapped sides."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from hinge_vision.analysis import report_of
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.pose.sides import with_sides_put_right
from hinge_vision.pose.track import Landmark
from tests.robustness.compose import blurred, dimmed, shirt_like_wall, with_plate
from tests.robustness.conftest import Row
from tests.robustness.matrix import QUICK, Case, Judged, SameAngles, clip_of, differences_deg, plain_images, plain_report

ROUNDED = frozenset(("coupled_flexion",))
SHORT_OF_RANGE = frozenset(("limited_range",))
SIDES = [(Landmark[name], Landmark[name.replace("LEFT", "RIGHT")]) for name in Landmark.__members__ if name.startswith("LEFT")]

CASES = [
    Case("a plate over hip, knee, then shin", lambda f: clip_of(f / "clip.mp4", with_plate(plain_images(), 75)), Judged(ROUNDED, 1, SHORT_OF_RANGE)),
    Case(
        "a large plate",
        lambda f: clip_of(f / "clip.mp4", with_plate(plain_images(), 110)),
        Judged(ROUNDED, 1, SHORT_OF_RANGE, ("not_side_view", "unsure")),
    ),
    Case(
        "a plate over the ankles",
        lambda f: clip_of(f / "clip.mp4", with_plate(plain_images(), 70, (27, 28))),
        SameAngles(lumbar_deg=8, hip_deg=10, perhaps=SHORT_OF_RANGE),
    ),
    Case(
        "shirt nearly the wall's colour",
        lambda f: clip_of(f / "clip.mp4", shirt_like_wall(plain_images(), 0.85)),
        SameAngles(lumbar_deg=8, trunk_deg=5, hip_deg=12),
    ),
    Case("dim light", lambda f: clip_of(f / "clip.mp4", dimmed(plain_images(), 0.2, 4.0)), SameAngles(lumbar_deg=6, trunk_deg=4, hip_deg=10)),
    Case(
        "nearly dark",
        lambda f: clip_of(f / "clip.mp4", dimmed(plain_images(), 0.06, 5.0)),
        Judged(frozenset(), None, ROUNDED | SHORT_OF_RANGE, ("no_person", "too_little_measured", "not_side_view")),
    ),
    Case("motion blur over 0.1 s", lambda f: clip_of(f / "clip.mp4", blurred(plain_images(), 3)), SameAngles(lumbar_deg=9, shift_s=-1 / 30)),
    Case(
        "very low bit rate",
        lambda f: clip_of(f / "clip.mp4", plain_images(), options={"crf": "42", "preset": "veryfast"}),
        SameAngles(lumbar_deg=8, trunk_deg=5, hip_deg=10),
    ),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_the_back_is_read_whatever_hides_it(case: Case, row: Row) -> None:
    row("9 Body, clothes, light", case)


@pytest.mark.parametrize("share", [0.1, 0.5, 1.0])
def test_left_and_right_taken_for_each_other_change_no_verdict(share: float, record_property: pytest.FixtureRequest) -> None:
    plain = plain_report()
    assert plain.track is not None
    landmarks, world = plain.track.landmarks.copy(), plain.track.world_landmarks.copy()
    rows = np.flatnonzero(np.random.default_rng(2).random(len(landmarks)) < share)
    for left, right in SIDES:
        for points in (landmarks, world):
            points[np.ix_(rows, [left, right])] = points[np.ix_(rows, [right, left])]
    track = with_sides_put_right(replace(plain.track, landmarks=landmarks, world_landmarks=world))
    swapped = report_of(plain.clip, track, QUICK, plain.versions, Thresholds())
    apart = differences_deg(plain, swapped)
    outcome = "/".join(f"{value:.1f}" for value in apart) + "° apart"
    assert apart[0] < 1.0, outcome
    assert apart[1] < 1.0, outcome
    assert [finding.fault for finding in swapped.judgement.findings] == [finding.fault for finding in plain.judgement.findings], outcome
    record_property(
        "row", ("9 Body, clothes, light", f"left and right swapped in {share:.0%} of frames", "same verdict; lumbar and trunk within 1°", outcome)
    )  # type: ignore[operator]
