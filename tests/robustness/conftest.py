"""What the rows of the matrix share: each is run, and what came out is kept for the table that `make robustness` prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.robustness.matrix import Case, run

Row = Callable[[str, Case], None]
HERE = Path(__file__).parent
# `make test` runs one row of each kind, and all of what is refused at once; `make robustness` runs every row.
QUICK = frozenset(
    (
        "HEVC 10-bit in mov",
        "VP9 in webm",
        "AV1 in mp4",
        "rotation 90°",
        "header that mirrors left to right",
        "pixels 4:3 wide",
        "59.94 fps",
        "steps of 16 to 66 ms",
        "time stamps that go backward",
        "edit list that skips 0.5 s",
        "cut off at 60 %, index first",
        "every tenth frame destroyed",
        "one frame",
        "two frames",
        "two lift, the rounded one larger, right",
        "two lift, --person 2",
        "somebody walks past in front",
        "a mirror behind",
        "hand-held, shaking",
        "cut to another lifter who faces the other way",
        "feet out of the picture",
        "a plate over hip, knee, then shin",
        "dim light",
    )
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.pluginmanager.has_plugin("tests.robustness.table"):
        return
    left_out = [item for item in items if _is_slow_row(item)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _is_slow_row(item: pytest.Item) -> bool:
    case = getattr(getattr(item, "callspec", None), "params", {}).get("case")
    if not isinstance(case, Case) or HERE not in item.path.parents:
        return False
    always = ("test_what_is_no_clip", "test_what_is_no_hinge", "test_a_real_clip")
    return case.name not in QUICK and not item.name.startswith(always)


@pytest.fixture
def row(tmp_path: Path, record_property: Callable[[str, object], None]) -> Row:
    """Run one row of a section and keep its outcome."""

    def run_row(section: str, case: Case) -> None:
        try:
            outcome = run(case, tmp_path)
        except Exception as error:
            said = str(error).splitlines()[0] if str(error) else type(error).__name__
            record_property("row", (section, case.name, case.expect.words, f"NOT MET: {said}"))
            raise
        record_property("row", (section, case.name, case.expect.words, outcome))

    return run_row
