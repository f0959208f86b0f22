"""The matrix's parts: a clip to make, what is expected of it in words, and the check of what came out."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np

from hinge_vision.errors import ClipUnreadableError
from hinge_vision.settings import Settings
from hinge_vision.video.reader import ClipReader
from tests.conftest import SAMPLES
from tests.made_clips import Image, make_clip

if TYPE_CHECKING:
    from hinge_vision import Report

# One rep of a rounded kettlebell deadlift, 3.3 s: the clip that every variant of it is held against.
PLAIN = "kb_deadlift_low_back_rounded"
PLAIN_FPS = 30.0
# Low, so that the whole matrix takes minutes; the plain clip is looked at as often.
RATE_HZ = 12.0
QUICK = Settings(analysis_rate_hz=RATE_HZ)


class Expectation(Protocol):
    """What a row of the matrix promises."""

    words: str

    def check(self, clip: Path, settings: Settings) -> str:
        """Return the outcome in words; an AssertionError with the outcome where the promise is broken."""


@dataclass(frozen=True)
class Case:
    """One row: the clip's name in the table, how it is made in a folder, and what is expected."""

    name: str
    make: Callable[[Path], Path]
    expect: Expectation
    settings: Settings = field(default_factory=lambda: QUICK)


@cache
def plain_images(name: str = PLAIN) -> tuple[Image, ...]:
    """Every picture of a sample clip."""
    with ClipReader(SAMPLES / f"{name}.mp4") as reader:
        return tuple(frame.image for frame in reader)


def plain_times(count: int | None = None) -> list[float]:
    """When each of them was taken."""
    return [number / PLAIN_FPS for number in range(len(plain_images()) if count is None else count)]


def clip_of(path: Path, images: list[Image] | tuple[Image, ...], times_s: list[float] | None = None, **how: object) -> Path:
    """Write images as a clip of good quality, at the plain clip's rate unless times are given."""
    height, width = images[0].shape[:2]
    times_s = [number / PLAIN_FPS for number in range(len(images))] if times_s is None else times_s
    how = {"options": {"crf": "16", "preset": "ultrafast"}, **how}
    return make_clip(path, times_s, images=images, width=width, height=height, **how)  # type: ignore[arg-type]


@cache
def plain_report(settings: Settings = QUICK) -> Report:
    """Analyse the plain clip."""
    from hinge_vision import analyze

    return analyze(SAMPLES / f"{PLAIN}.mp4", settings)


@dataclass(frozen=True)
class SameAngles:
    """The plain clip's angles at the same real time, and its verdict.

    `lumbar_deg`, `trunk_deg`, `hip_deg`: the largest difference allowed in 19 of 20 frames. `from_s` leaves out what comes before,
    `scale` is the variant's time per plain time, `mirrored` says that the lifter faces the other way. `perhaps`: faults so near
    their limit in the plain clip that they may come or go (its hips truly reach 64 deg: neither short nor deep).
    """

    lumbar_deg: float = 4.0
    trunk_deg: float = 3.0
    hip_deg: float = 6.0
    from_s: float = 0.0
    to_s: float = np.inf
    shift_s: float = 0.0
    mirrored: bool = False
    verdict: bool = True
    truncated: bool = False
    perhaps: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        part = (
            "" if self.from_s == 0.0 and self.to_s == np.inf else f" from {self.from_s:g} s" + ("" if self.to_s == np.inf else f" to {self.to_s:g} s")
        )
        facing = ", facing the other way" if self.mirrored else ""
        told = ", and says that it ends early" if self.truncated else ""
        but = f", but for {', '.join(sorted(self.perhaps))} at its limit" if self.perhaps else ""
        same = f"same verdict{but}; " if self.verdict else ""
        return f"{same}angles{part} within {self.lumbar_deg:g}/{self.trunk_deg:g}/{self.hip_deg:g}°{facing}{told}"

    def check(self, clip: Path, settings: Settings) -> str:
        from hinge_vision import analyze

        plain, report = plain_report(), analyze(clip, settings)
        apart = differences_deg(plain, report, self.from_s, self.to_s, self.shift_s)
        faults = [finding.fault for finding in report.judgement.findings]
        outcome = "/".join(f"{value:.1f}" for value in apart) + f"° apart; {', '.join(faults) or 'no fault'}"
        assert report.facing == ({"left": "right", "right": "left"}[plain.facing or ""] if self.mirrored else plain.facing), outcome
        for value, limit in zip(apart, (self.lumbar_deg, self.trunk_deg, self.hip_deg), strict=True):
            assert value <= limit, outcome
        if self.verdict:
            wanted = [finding.fault for finding in plain.judgement.findings if finding.fault not in self.perhaps]
            assert [fault for fault in faults if fault not in self.perhaps] == wanted, outcome
            assert len(report.judgement.measures) == len(plain.judgement.measures), outcome
        assert report.clip.truncated is self.truncated, outcome
        return outcome


def differences_deg(plain: Report, report: Report, from_s: float = 0.0, to_s: float = np.inf, shift_s: float = 0.0) -> tuple[float, float, float]:
    """Return the 95th percentile of the differences in lumbar flexion, trunk inclination and hip flexion at equal real times; inf = not measured."""
    assert plain.motion is not None
    if report.motion is None:
        return np.inf, np.inf, np.inf
    apart = []
    inside = (plain.motion.time_s >= from_s) & (plain.motion.time_s <= min(to_s, report.motion.time_s[-1] - shift_s))
    for name in ("lumbar_flexion", "trunk_inclination", "hip_flexion"):
        wanted = getattr(plain.motion, name).value_deg
        found = getattr(report.motion, name).value_deg
        known = np.isfinite(found)
        usable = inside & np.isfinite(wanted)
        if known.sum() < 0.8 * usable.sum() or usable.sum() < 5:
            return np.inf, np.inf, np.inf
        difference = np.interp(plain.motion.time_s + shift_s, report.motion.time_s[known], found[known])[usable] - wanted[usable]
        apart.append(float(np.percentile(np.abs(difference), 95)))
    return apart[0], apart[1], apart[2]


@dataclass(frozen=True)
class Refused:
    """A refusal that names the file and says what to do; nothing is written."""

    reason: str

    @property
    def words(self) -> str:
        return f"refused: “{self.reason}”"

    def check(self, clip: Path, settings: Settings) -> str:
        from hinge_vision import analyze

        try:
            report = analyze(clip, settings)
        except ClipUnreadableError as error:
            said = str(error)
            assert self.reason in said, said
            assert "\n" not in said, said
            return said.split(": ", 1)[-1]
        raise AssertionError(f"it was read: {verdict(report)}")


@dataclass(frozen=True)
class Declined:
    """Read, not judged, with one of these reasons."""

    codes: tuple[str, ...]

    @property
    def words(self) -> str:
        return f"declined: {' or '.join(self.codes)}"

    def check(self, clip: Path, settings: Settings) -> str:
        from hinge_vision import analyze

        report = analyze(clip, settings)
        outcome = verdict(report)
        quality = report.judgement.quality
        assert not quality.judgeable, outcome
        assert not report.judgement.findings, outcome
        assert quality.reasons[0].code in self.codes, outcome
        assert all(reason.text and reason.remedy for reason in quality.reasons), outcome
        return outcome


@dataclass(frozen=True)
class NoFault:
    """Judged or declined, but no fault is claimed that is not there."""

    judged: bool | None = None
    maybe: frozenset[str] = frozenset()
    reps: int | None = None

    @property
    def words(self) -> str:
        claimed = f"no fault but {', '.join(sorted(self.maybe))} is claimed" if self.maybe else "no fault is claimed"
        how = {None: "", True: "judged; ", False: "declined; "}[self.judged]
        return f"{how}{claimed}" + ("" if self.reps is None else f"; {self.reps} reps")

    def check(self, clip: Path, settings: Settings) -> str:
        from hinge_vision import analyze

        report = analyze(clip, settings)
        outcome = verdict(report)
        assert {finding.fault for finding in report.judgement.findings} <= self.maybe, outcome
        if self.judged is not None:
            assert report.judgement.quality.judgeable is self.judged, outcome
        if self.reps is not None:
            assert len(report.judgement.measures) == self.reps, outcome
        return outcome


@dataclass(frozen=True)
class Judged:
    """Judged, with exactly these faults; `reasons` must be among those given for what was left out."""

    faults: frozenset[str]
    reps: int | None = None
    maybe: frozenset[str] = frozenset()
    or_declined: tuple[str, ...] = ()
    person: int | None = None
    reasons: tuple[str, ...] = ()

    @property
    def words(self) -> str:
        found = ", ".join(sorted(self.faults)) or "no fault"
        perhaps = f", perhaps {', '.join(sorted(self.maybe))}" if self.maybe else ""
        reps = "" if self.reps is None else f"; {self.reps} rep{'s' if self.reps != 1 else ''}"
        who = "" if self.person is None else f"; person {self.person} chosen"
        told = f"; says {', '.join(self.reasons)}" if self.reasons else ""
        instead = f", or declined: {' or '.join(self.or_declined)}" if self.or_declined else ""
        return f"judged: {found}{perhaps}{reps}{who}{told}{instead}"

    def check(self, clip: Path, settings: Settings) -> str:
        from hinge_vision import analyze

        report = analyze(clip, settings)
        outcome = verdict(report)
        quality = report.judgement.quality
        if self.or_declined and not quality.judgeable:
            assert quality.reasons[0].code in self.or_declined, outcome
            return outcome
        assert quality.judgeable, outcome
        faults = {finding.fault for finding in report.judgement.findings}
        assert faults - self.maybe == self.faults - self.maybe, outcome
        if self.reps is not None:
            assert len(report.judgement.measures) == self.reps, outcome
        if self.person is not None:
            assert report.track is not None
            assert report.track.person == self.person, outcome
        assert set(self.reasons) <= {reason.code for reason in quality.reasons}, outcome
        return outcome


def verdict(report: Report) -> str:
    """Say in a few words what came out."""
    quality = report.judgement.quality
    codes = ", ".join(reason.code for reason in quality.reasons)
    if not quality.judgeable:
        return f"declined: {codes}"
    faults = ", ".join(f"{finding.fault} ({finding.confidence:.2f})" for finding in report.judgement.findings) or "no fault"
    reps = len(report.judgement.measures)
    who = f"; person {report.track.person} of {report.track.persons}" if report.track is not None and report.track.persons > 1 else ""
    return f"judged: {faults}; {reps} rep{'s' if reps != 1 else ''}{who}" + (f"; says {codes}" if codes else "")


def run(case: Case, folder: Path) -> str:
    """Make a case's clip and check it."""
    with warnings.catch_warnings():
        warnings.simplefilter("error", RuntimeWarning)
        return case.expect.check(case.make(folder), case.settings)


def with_settings(case: Case, **changes: object) -> Case:
    """Return the case with other settings."""
    return replace(case, settings=replace(case.settings, **changes))  # type: ignore[arg-type]
