"""docs/robustness.md holds what `make robustness` last printed."""

from __future__ import annotations

from tests.conftest import ROOT
from tests.robustness import test_body, test_camera, test_codecs, test_damage, test_not_hinge, test_people, test_picture, test_time
from tests.robustness.conftest import QUICK
from tests.robustness.matrix import Case

CASES: list[Case] = [
    *test_codecs.CASES,
    *test_picture.CASES,
    *test_time.CASES,
    *test_damage.READ,
    *test_damage.REFUSED,
    *test_people.CASES,
    *test_camera.CASES,
    *test_body.CASES,
    *test_not_hinge.CASES,
]


def test_every_row_is_in_the_document_with_its_expectation_and_none_is_broken() -> None:
    document = (ROOT / "docs" / "robustness.md").read_text(encoding="utf-8")
    for case in CASES:
        assert f"| {case.name} | {case.expect.words} | " in document, case.name
    assert "NOT MET" not in document


def test_the_quick_rows_are_rows_and_names_are_unique() -> None:
    names = [case.name for case in CASES]
    assert set(names) >= QUICK
    assert len(names) == len(set(names))
