"""report.html: the page people look at. One file; nothing in it asks the network for anything."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from importlib import resources
from typing import Any

import numpy as np
from markupsafe import Markup

from hinge_vision.arrays import ImageArray
from hinge_vision.findings.model import Fault
from hinge_vision.report import text
from hinge_vision.report.cursor import at_cursor
from hinge_vision.report.curves import curves
from hinge_vision.report.evidence import KeyFrame
from hinge_vision.report.json_report import to_dict
from hinge_vision.report.limits import cannot_know, limits
from hinge_vision.report.loops import loops
from hinge_vision.report.model import DISCLAIMER, Report
from hinge_vision.report.pictures import jpeg, shrunk
from hinge_vision.report.templating import inline, template_environment

SETTING_NAMES = {
    "exercise": "Exercise asked for",
    "facing": "Facing asked for",
    "person": "Person asked for",
    "start_s": "Start, s",
    "end_s": "End, s",
    "standing_at_s": "Standing at, s",
    "capture_fps": "Filmed at, frames/s",
    "analysis_rate_hz": "Frames analysed per second, at most",
    "model_path": "Pose model file",
    "workers": "Workers",
}
PICTURE_SIDE_PX = 900
"""Longer side of the pictures inside the page: sharp on a phone, and two dozen of them stay under 4 MB."""
JPEG_QUALITY = 82


@dataclass(frozen=True)
class Picture:
    """A picture inside the page, with what it shows."""

    key: KeyFrame
    width_px: int
    height_px: int
    jpeg: bytes

    @classmethod
    def of(cls, key: KeyFrame, image: ImageArray) -> Picture:
        """Shrink and compress a drawn frame."""
        image = shrunk(image, PICTURE_SIDE_PX / max(image.shape[:2]))
        return cls(key, image.shape[1], image.shape[0], jpeg(image, JPEG_QUALITY))

    @property
    def url(self) -> str:
        """The picture as a data URL."""
        return "data:image/jpeg;base64," + base64.b64encode(self.jpeg).decode("ascii")

    @property
    def alt(self) -> str:
        """What a screen reader says of it."""
        rep = f", rep {self.key.rep}" if self.key.rep else ""
        what = f"Frame {self.key.frame} at {self.key.time_s:.2f} seconds{rep}, with skeleton, outline of the back and dowel."
        return " ".join((what, *self.key.captions))


@dataclass(frozen=True)
class PageVideo:
    """The annotated video a page shows: beside it under `name`, or inside it as `content`. `start_s` = clip time of its first frame."""

    name: str
    width_px: int
    height_px: int
    start_s: float
    content: bytes | None = field(default=None, repr=False)

    @property
    def base64(self) -> str | None:
        """The content as text, None when the video lies beside the page."""
        return None if self.content is None else base64.b64encode(self.content).decode("ascii")


def page(report: Report, pictures: tuple[Picture, ...] = (), video: PageVideo | None = None) -> str:
    """Return the whole page.

    Parameters
    ----------
    report
        What the analysis found.
    pictures
        The evidence frames, drawn.
    video
        The annotated video; None = the page goes without.
    """
    judged = report.judgement.quality.judgeable
    environment = template_environment("hinge_vision.report")
    environment.filters["tidy"] = _tidy
    figures = _figures(report) if judged else {}
    template = environment.get_template("judged.html.j2" if judged else "declined.html.j2")
    return template.render(
        report=report,
        text=text,
        verdict=text.verdict(report),
        cards=_cards(report),
        lost=[text.CONTACT_NAMES[name] for name in report.judgement.contacts_lost if name != "low_back"],
        rows=_rep_rows(report),
        pictures=pictures,
        video=video,
        figures=figures,
        data={"figures": figures, "readings": _at_cursor(report), "video_start_s": 0.0 if video is None else round(video.start_s, 4)},
        limits=limits(report),
        cannot_know=cannot_know(),
        disclaimer=DISCLAIMER,
        settings=_settings(report),
        versions=_versions(report),
        css=inline("hinge_vision.report", "report.css"),
        script=inline("hinge_vision.report", "report.js"),
        plotly=_plotly() if figures else Markup(""),
    )


@dataclass(frozen=True)
class Card:
    """One of the three faults at a glance."""

    fault: Fault
    title: str
    status: str
    seen: bool


def _cards(report: Report) -> tuple[Card, ...]:
    findings = {finding.fault: finding for finding in report.judgement.findings}
    cards = []
    for fault, title in text.FAULT_TITLES.items():
        finding = findings.get(fault)
        if finding is not None:
            status = f"{finding.severity}{text.share_of_reps(report, finding)}, {text.sureness(finding.confidence)}"
        elif not (findings or text.sure_of_no_fault(report)) or (fault == "limited_range" and report.exercise == "hang_clean"):
            status = "not judged"
        else:
            status = "not seen"
        cards.append(Card(fault, title.split(":")[0], status, finding is not None))
    return tuple(cards)


def _rep_rows(report: Report) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    for measure in report.judgement.measures:
        hip_sd, back_sd = text.rep_uncertainty(report, measure.rep)
        onset, room = measure.lumbar_onset_hip_deg, measure.low_back_gap_at_bottom_pct
        rows.append(
            (
                str(measure.rep),
                f"{measure.bottom_s:.1f} s",
                text.degrees(measure.peak_hip_flexion_deg, hip_sd),
                text.degrees(measure.lumbar_at_bottom_deg, back_sd, signed=True),
                text.degrees(measure.lumbar_peak_deg, signed=True),
                text.degrees(measure.lumbar_at_lockout_deg, signed=True),
                f"from {text.degrees(onset)} of hip flexion" if np.isfinite(onset) else "no clear start",
                f"{room:.1f} %" if np.isfinite(room) else "not measured",
                text.rep_remark(report, measure),
                f"{100 * measure.confidence:.0f} %" if np.isfinite(measure.confidence) else "unknown",
            )
        )
    return rows


def _figures(report: Report) -> dict[str, Any]:
    if report.motion is None or not len(report.motion.time_s):
        return {}
    slow_motion = report.settings.capture_fps is not None
    figures = {"curves": curves(report.motion, report.segmentation, report.thresholds, slow_motion=slow_motion)}
    if report.segmentation is not None and report.segmentation.reps:
        figures["loops"] = loops(report.motion, report.segmentation)
    return figures


def _at_cursor(report: Report) -> dict[str, list[Any]] | None:
    return None if report.motion is None else at_cursor(report.motion, report.segmentation)


def _settings(report: Report) -> list[tuple[str, str]]:
    facts = to_dict(report)["settings"]
    return [(SETTING_NAMES.get(name, name), "automatic" if value is None else str(value)) for name, value in facts.items()]


def _versions(report: Report) -> list[tuple[str, str]]:
    versions, clip = report.versions, report.clip
    return [
        ("hinge_vision", versions.hinge_vision),
        ("MediaPipe", versions.mediapipe),
        ("OpenCV", versions.opencv),
        ("Pose model, SHA-256", versions.model_sha256),
        (
            "Clip",
            f"{clip.name}: {clip.width_px} x {clip.height_px}, {clip.fps:.2f} frames/s, {clip.duration_s:.2f} s, {clip.frames} frames, {clip.codec}",
        ),
        ("Zero of the angles", "not found" if report.motion is None else text.BASELINE_NAMES[report.motion.baseline.source]),
        ("Shown accuracy for such clips", text.with_degree_signs(report.accuracy)),
    ]


def _tidy(words: str) -> str:
    """Keep a number and its unit or uncertainty on one line."""
    return words.replace(" ± ", "\u00a0±\u00a0").replace(" %", "\u00a0%")


def _plotly() -> Markup:
    script = resources.files("plotly").joinpath("package_data").joinpath("plotly.min.js").read_text(encoding="utf-8")
    return Markup(script.replace("</script", "<\\/script"))  # noqa: S704
