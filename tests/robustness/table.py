"""A pytest plugin (`-p tests.robustness.table`): prints the table of clip, expectation and outcome, and writes it where asked."""

from __future__ import annotations

from pathlib import Path

import pytest

Row = tuple[str, str, str, str]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--table", type=Path, default=None, help="the Markdown file whose table is written anew")


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    rows = rows_of(terminalreporter)
    for section, lines in by_section(rows).items():
        terminalreporter.section(section)
        for _, name, expectation, outcome in lines:
            terminalreporter.write_line(f"{name}\n    expected: {expectation}\n    outcome:  {outcome}")
    path = config.getoption("--table")
    if path is not None and rows:
        path.write_text(with_table(path.read_text(encoding="utf-8"), rows), encoding="utf-8")


def rows_of(reporter: pytest.TerminalReporter) -> list[Row]:
    reports = [report for outcome in ("passed", "failed") for report in reporter.stats.get(outcome, []) if report.when == "call"]
    rows = [tuple(value) for report in reports for key, value in report.user_properties if key == "row"]
    skipped = [tuple(value) for report in reporter.stats.get("skipped", []) for key, value in report.user_properties if key == "row"]
    return rows + skipped


def by_section(rows: list[Row]) -> dict[str, list[Row]]:
    sections: dict[str, list[Row]] = {}
    for line in rows:
        sections.setdefault(line[0], []).append(line)
    return dict(sorted(sections.items()))


def with_table(document: str, rows: list[Row]) -> str:
    """Return the document with the part after its marker replaced by the table."""
    marker = "<!-- table -->"
    head, found, _ = document.partition(marker)
    assert found, f"the document holds no {marker}"
    lines = [head + marker, ""]
    for section, cells in by_section(rows).items():
        lines += [f"### {section.partition(' ')[2]}", "", "| clip | expected | outcome |", "|---|---|---|"]
        lines += ["| " + " | ".join(cell.replace("|", "\\|") for cell in line[1:]) + " |" for line in cells]
        lines.append("")
    return "\n".join(lines)
