"""The table over all clips: summary.csv, summary.json and index.html."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields

from hinge_vision.batch.clips import AthleteFrom, Source, athlete_of
from hinge_vision.batch.page import index_page
from hinge_vision.batch.record import Record, file_date
from hinge_vision.batch.status import Status
from hinge_vision.batch.storage import THUMBNAIL, Storage
from hinge_vision.batch.work import Outcome
from hinge_vision.report.model import DISCLAIMER
from hinge_vision.report.names import HTML
from hinge_vision.version import __version__

CSV, JSON, INDEX = "summary.csv", "summary.json", "index.html"
SCHEMA_VERSION = "1.0"


@dataclass(frozen=True)
class TableRow:
    """One clip in the table, under the names of summary.csv and summary.json.

    `status` is `judged`, `declined` or `failed`; `says` is the verdict or the reason, `heading` the verdict in two or three words. Angles are the
    median over the clip's reps, with one standard error; None = not measured. `report` and `thumbnail` are paths from the table. `rejudged`:
    by limits other than the rest, see `hinge-vision rejudge`.
    """

    clip: str
    athlete: str
    status: Status
    recorded_at: str
    recorded_at_from: str
    exercise: str | None
    reps: int
    peak_hip_flexion_deg: float | None
    peak_hip_flexion_sd_deg: float | None
    lumbar_at_bottom_deg: float | None
    lumbar_at_bottom_sd_deg: float | None
    flags: tuple[str, ...]
    confidence: float | None
    says: str
    report: str | None
    thumbnail: str | None
    worst_frame_s: float | None
    analysis_s: float | None
    rejudged: bool = False
    heading: str = ""


def table(records: dict[str, Record], clips: Iterable[Source], outcomes: Iterable[Outcome], athlete_from: AthleteFrom | None) -> tuple[TableRow, ...]:
    """Return a row for each clip of this run that ended and each finished before, in order of date; never two for one path.

    Parameters
    ----------
    records
        Everything finished, by folder.
    clips
        The clips of this run.
    outcomes
        How the clips of this run ended, those known before among them.
    athlete_from
        How to tell whose clip it is.
    """
    seen = set(clips)
    ended = list(outcomes)
    shown = {outcome.record.folder for outcome in ended if outcome.record is not None}
    before: list[tuple[Source, Record]] = []
    for folder, record in records.items():
        if folder not in shown:
            # a path may be gone by now: its clip was renamed, and stands here once, under its new name
            here = [source for source in record.sources if source in seen] or record.sources[-1:]
            before += [(source, record) for source in here]
    before.sort(key=lambda one: one[0].modified_s)  # where several have held a path, the latest stands
    rows = {(source.root, source.path): _finished_row(record, source, athlete_from) for source, record in before}
    for outcome in ended:
        source, found = outcome.source, outcome.record
        row = _failed_row(outcome, athlete_from) if found is None else _finished_row(records[found.folder], source, athlete_from)
        rows[source.root, source.path] = row
    return tuple(sorted(rows.values(), key=lambda row: (row.recorded_at, row.clip)))


def write_summary(results: Storage, rows: tuple[TableRow, ...]) -> None:
    """Write the three forms of the table.

    Raises
    ------
    OutputError
        It cannot be written.
    """
    results.write(CSV, csv_text(rows).encode("utf-8", "replace"))
    results.write(JSON, json_text(rows).encode("utf-8", "replace"))
    results.write(INDEX, index_page([asdict(row) for row in rows]).encode("utf-8", "replace"))


def csv_text(rows: Iterable[TableRow]) -> str:
    """Return summary.csv: one row per clip, several flags joined by `; `, empty = not known."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(field.name for field in fields(TableRow))
    for row in rows:
        values = asdict(row)
        values["flags"] = "; ".join(row.flags)
        writer.writerow("" if value is None else value for value in values.values())
    return out.getvalue()


def json_text(rows: Iterable[TableRow]) -> str:
    """Return summary.json."""
    facts = {"schema_version": SCHEMA_VERSION, "program_version": __version__, "clips": [asdict(row) for row in rows], "disclaimer": DISCLAIMER}
    return json.dumps(facts, indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finished_row(record: Record, source: Source, athlete_from: AthleteFrom | None) -> TableRow:
    row = record.row
    return TableRow(
        clip=source.path,
        athlete=athlete_of(source.path, athlete_from),
        status=row.status,
        recorded_at=row.recorded_at,
        recorded_at_from=row.recorded_at_from,
        exercise=row.exercise,
        reps=row.reps,
        peak_hip_flexion_deg=row.peak_hip_flexion_deg,
        peak_hip_flexion_sd_deg=row.peak_hip_flexion_sd_deg,
        lumbar_at_bottom_deg=row.lumbar_at_bottom_deg,
        lumbar_at_bottom_sd_deg=row.lumbar_at_bottom_sd_deg,
        flags=row.flags,
        confidence=row.confidence,
        says=row.says,
        report=f"{record.folder}/{HTML}",
        thumbnail=f"{record.folder}/{THUMBNAIL}" if row.worst_frame_s is not None else None,
        worst_frame_s=row.worst_frame_s,
        analysis_s=record.seconds,
        rejudged=record.rejudged,
        heading=row.heading,
    )


def _failed_row(outcome: Outcome, athlete_from: AthleteFrom | None) -> TableRow:
    path = outcome.source.path
    return TableRow(
        clip=path,
        athlete=athlete_of(path, athlete_from),
        status="failed",
        recorded_at=file_date(outcome.source.modified_s),
        recorded_at_from="file",
        exercise=None,
        reps=0,
        peak_hip_flexion_deg=None,
        peak_hip_flexion_sd_deg=None,
        lumbar_at_bottom_deg=None,
        lumbar_at_bottom_sd_deg=None,
        flags=(),
        confidence=None,
        says=outcome.says,
        report=None,
        thumbnail=None,
        worst_frame_s=None,
        analysis_s=None,
    )
