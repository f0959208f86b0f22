"""A short fuzz run; `make fuzz` does the long one."""

from __future__ import annotations

from pathlib import Path

from tests.robustness.fuzz import fuzz


def test_a_hundred_damaged_files_neither_crash_nor_hang_nor_fill_the_memory(tmp_path: Path) -> None:
    results = list(fuzz(100, seed=20, keep=tmp_path))
    assert [(result.name, result.failure) for result in results if result.failure] == []
    assert {result.outcome for result in results} == {"read", "refused"}, "some are read, some refused: the wounds matter"
