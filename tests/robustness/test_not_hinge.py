"""Whatever is no hinge to be judged: it is declined in words a lifter understands, and no fault is claimed."""

from __future__ import annotations

import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest

from hinge_vision import write_report
from tests.made_clips import Image
from tests.robustness.compose import cut_out, pasted, with_rod
from tests.robustness.conftest import Row
from tests.robustness.matrix import QUICK, Case, Declined, Judged, clip_of, plain_images
from tests.robustness.test_people import background

CLIPS = Path(__file__).parent / "clips"
PLAIN_CLIP = "kb_deadlift_low_back_rounded"


def rendered(folder: Path, name: str) -> Path:
    return Path(shutil.copy(CLIPS / f"{name}.mp4", folder))


def walking(folder: Path) -> Path:
    """Somebody walks through an empty room, nodding a little."""
    figure, room = cut_out("deadlift_upper_back_rounded", 0), background()
    room = np.asarray(cv2.copyMakeBorder(room, 0, 0, 400, 400, cv2.BORDER_REPLICATE), np.uint8)
    return clip_of(folder / "clip.mp4", [pasted(room, figure, -100 + 9 * step, round(4 * np.sin(step / 3))) for step in range(100)])


def burpee(folder: Path) -> Path:
    """Down to a plank and up again: the whole body turns about the feet."""
    figure, mask = cut_out(PLAIN_CLIP, 0)
    room = np.asarray(cv2.copyMakeBorder(background(), 0, 0, 350, 150, cv2.BORDER_REPLICATE), np.uint8)
    feet = (245.0, 640.0)
    pictures: list[Image] = []
    for step in range(110):
        lying = np.clip(np.sin(np.pi * np.clip((step - 25) / 60, 0, 1)) * 1.6, 0, 1)
        matrix = cv2.getRotationMatrix2D(feet, 84.0 * lying, 1.0)
        matrix[0, 2] += 350
        size = (room.shape[1], room.shape[0])
        layers = (cv2.warpAffine(figure, matrix, size), cv2.warpAffine(mask, matrix, size))
        pictures.append(pasted(room, (np.asarray(layers[0], np.uint8), np.asarray(layers[1], np.float32)), 0, 0))
    return clip_of(folder / "clip.mp4", pictures)


def standing(folder: Path) -> Path:
    """Two seconds of quiet standing."""
    return clip_of(folder / "clip.mp4", [plain_images()[number % 10] for number in range(60)])


def rod(folder: Path, name: str, width_px: int = 9) -> Path:
    return clip_of(folder / "clip.mp4", with_rod(name, plain_images(name), width_px))


def empty_room(folder: Path) -> Path:
    return clip_of(folder / "clip.mp4", [background()] * 30)


CASES = [
    Case("walking past", walking, Declined(("walking", "no_hinge"))),
    Case("standing", standing, Declined(("no_hinge",))),
    Case("squat without a load", lambda folder: rendered(folder, "squat"), Declined(("squat",))),
    Case("deadlift seen from the front", lambda folder: rendered(folder, "frontal"), Declined(("not_side_view",))),
    Case("burpee", burpee, Declined(("straight_hips", "walking"))),
    Case("toe touch (a drill)", lambda folder: rendered(folder, "toe_touch"), Declined(("toe_touch",))),
    Case("tall kneeling hinge (a drill)", lambda folder: rendered(folder, "kneeling"), Declined(("kneeling",))),
    Case("a rod along a rounded back", lambda folder: rod(folder, PLAIN_CLIP), Declined(("rod",))),
    Case("a rod along a flat back", lambda folder: rod(folder, "deadlift_neutral"), Declined(("rod",))),
    Case("a thin rod, an upright trunk", lambda folder: rod(folder, "deadlift_squatty", 5), Declined(("rod",))),
    Case("an empty room", empty_room, Declined(("no_person",))),
    Case("a swing, arms before the chest at the top", lambda folder: Path(shutil.copy("sample_videos/kb_swing.mp4", folder)), Judged(frozenset(), 3)),
]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_what_is_no_hinge_to_be_judged_is_declined_and_no_fault_is_claimed(case: Case, row: Row) -> None:
    row("A Not to be judged", case)


def test_a_clip_with_a_rod_says_film_without_the_rod_wherever_the_lifter_looks(tmp_path: Path) -> None:
    from hinge_vision import analyze, rejudge

    clip = rod(tmp_path, PLAIN_CLIP)
    report = analyze(clip, QUICK)
    folder = write_report(report, clip, tmp_path / "out", video=False)
    assert "film without the rod" in (folder / "report.json").read_text(encoding="utf-8")
    assert "film without the rod" in (folder / "report.html").read_text(encoding="utf-8")
    assert [reason.code for reason in rejudge(folder).judgement.quality.reasons] == ["rod"]
