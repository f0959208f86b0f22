from __future__ import annotations

from hinge_vision.batch.status import counts


def test_every_status_is_counted_and_one_that_does_not_occur_is_none() -> None:
    assert counts(["judged", "failed", "judged"]) == {"judged": 2, "declined": 0, "failed": 1}
    assert list(counts([])) == ["judged", "declined", "failed"]
