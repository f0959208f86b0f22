"""What the rows of the matrix share: each is run, and what came out is kept for the table that `make robustness` prints."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.robustness.matrix import Case, run

Row = Callable[[str, Case], None]


@pytest.fixture
def row(tmp_path: Path, record_property: Callable[[str, object], None]) -> Row:
    """Run one row of a section and keep its outcome."""

    def run_row(section: str, case: Case) -> None:
        try:
            outcome = run(case, tmp_path)
        except Exception as error:
            record_property(
                "row", (section, case.name, case.expect.words, f"NOT MET: {str(error).splitlines()[0] if str(error) else type(error).__name__}")
            )
            raise
        record_property("row", (section, case.name, case.expect.words, outcome))

    return run_row
