"""Plain words for people: the verdict, what each finding means, how to test oneself."""

from __future__ import annotations

import re

import numpy as np

from hinge_vision.findings.measures import at_depth
from hinge_vision.findings.model import Drill, Evidence, Fault, Finding, Observation, ObservationName, RepMeasures
from hinge_vision.report.model import Report
from hinge_vision.settings import EXERCISE_NAMES as EXERCISE_NAMES

FAULT_TITLES: dict[Fault, str] = {
    "coupled_flexion": "Coupled flexion: the low back rounds with the hips",
    "overextension": "Overextension: the low back arches past neutral",
    "limited_range": "Limited range: the hips run out of flexion",
}
FAULT_CLAUSES: dict[Fault, str] = {
    "coupled_flexion": "the low back rounds as the hips flex",
    "overextension": "the low back arches past its standing shape",
    "limited_range": "the hips stop short",
}
FAULT_MEANINGS: dict[Fault, str] = {
    "coupled_flexion": (
        "Instead of moving at the hips alone, the low back bends forward along with them. On a rod held along the spine, "
        "the sacrum or the mid-back would lose its contact."
    ),
    "overextension": (
        "The low back hollows more than it does when standing, at the bottom or while leaning back at lockout. On a rod held along the spine, "
        "the room for a hand at the low back grows. This is as much a fault as rounding."
    ),
    "limited_range": "The hips flex less than this lift asks for.",
}
LEAN_BACK_CLAUSE = "the trunk leans back past upright at lockout"
LEAN_BACK = " Zero is no quiet standing here, so the lean of the trunk speaks for the low back."
LEANS_BACK_TOO = " Zero is no quiet standing here; the trunk, which leans back, agrees with what the low back reads."
TAKEN_OVER = " The back or the knees found the missing movement."
HAMSTRINGS = " The knees stayed nearly straight, so tight hamstrings are one possible cause; a video cannot tell which it is."
OBSERVATION_TITLES: dict[ObservationName, str] = {
    "knee_dominant": "Knees do much of the work",
    "hips_rise_first": "Hips rise before the shoulders",
    "head_contact_lost": "The head leaves the rod",
}
OBSERVATION_MEANINGS: dict[ObservationName, str] = {
    "knee_dominant": "The movement is squatted more than hinged: the knees bend far while the trunk stays upright. No fault in itself.",
    "hips_rise_first": "On the way up the hips come up while the trunk stays down, which leaves the rest of the lift to the back.",
    "head_contact_lost": (
        "The back of the head moves away from where it was when standing. Looking at the floor two metres ahead brings it back; "
        "an eye-level gaze with the neck extended is no fault."
    ),
}
CONTACT_NAMES = {"sacral": "sacrum", "thoracic": "mid-back", "head": "back of the head", "low_back": "hand's room at the low back"}
BASELINE_NAMES = {
    "standing": "quiet standing in this clip",
    "lockout": "the lockout between reps, because no quiet standing was seen",
    "prior": "an average standing posture, because this lifter was never seen standing still",
    "user": "the moment given with --standing-at",
}
# the same in a word or two, for "since ..."
ZERO_NAMES = {"standing": "standing", "lockout": "lockout", "prior": "an average standing", "user": "standing"}
# the verdict in a word or two
NOT_JUDGED, FAULT_SEEN, NO_FAULT_SEEN, NOT_SURE = "Not judged", "Fault seen", "No fault seen", "Not sure"
REP_MEANING = (
    "A rep is every way down from standing and back up, with or without a load: bending down to it together with the first pull is one, "
    "setting it down and standing up again is another."
)
SELF_ASSESSMENT: tuple[str, ...] = (
    "Stand tall with feet under the hips and hold a straight rod, such as a broomstick, upright along your back.",
    "Let it touch three points: the back of the head, the mid-back between the shoulder blades, and the sacrum, the flat bone above the tailbone.",
    "Slide one hand, flat, between the rod and your low back. That small room is your neutral.",
    "Soften the knees, push the hips straight back and lean forward as far as you can control.",
    "All three points keep touching and the hand keeps its room: the hinge holds. "
    "If a point lifts off, or the rod presses on the hand or moves away from it: do the drills, then test again.",
)
GENERAL_FILMING = (
    "Film from the side with the camera level at hip height, the whole body from head to feet in the picture. "
    "Stand still for two seconds, then do three or more reps. Tight clothes and no hood help; plates should leave the hip in view."
)


def degrees(value: float, sd: float = float("nan"), *, signed: bool = False) -> str:
    """Return an angle as people read it, such as `+45° ± 3°`; `not measured` for NaN."""
    if not np.isfinite(value):
        return "not measured"
    number = f"{value:+.0f}°" if signed else f"{value:.0f}°"
    number = number.replace("-", "\u2212").replace("+0°", "0°").replace("\u22120°", "0°")
    return f"{number} ± {max(1, round(sd))}°" if np.isfinite(sd) else number


def sureness(confidence: float) -> str:
    """Return confidence 0..1 in words with its number."""
    if not np.isfinite(confidence):
        return "confidence unknown"
    word = "high" if confidence >= 0.75 else "fair" if confidence >= 0.5 else "low"
    return f"{word} confidence, {100 * confidence:.0f} %"


def count(number: int, noun: str) -> str:
    """Return `1 rep`, `2 reps`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def rep_list(reps: tuple[int, ...]) -> str:
    """Return `rep 2` or `reps 1, 2 and 4`."""
    if not reps:
        return "the clip as a whole"
    if len(reps) == 1:
        return f"rep {reps[0]}"
    return f"reps {', '.join(map(str, reps[:-1]))} and {reps[-1]}"


def leading(report: Report, finding: Finding) -> Evidence | None:
    """Return the evidence that the verdict names: of the angles the fault is judged by, each rep's first, the one furthest out.

    A trunk that speaks for the low back gives way to any reading of the low back itself.
    """
    leads: dict[int, Evidence] = {}
    for item in finding.evidence:
        leads.setdefault(rep_at(report, item.frame), item)
    if finding.fault == "limited_range":
        return min(leads.values(), key=lambda item: item.value, default=None)
    return max(leads.values(), key=lambda item: (item.witness != "trunk", abs(item.value)), default=None)


def rep_at(report: Report, frame: int) -> int:
    """Return the number of the rep that a frame lies in, 0 where in none."""
    if report.motion is None or report.segmentation is None:
        return 0
    return int(report.segmentation.rep[int(np.argmin(np.abs(report.motion.frame - frame)))])


def strength(item: Evidence) -> float:
    """Return how far a piece of evidence stands past its limit, in standard errors where they are known."""
    return abs(item.value - item.limit) / (item.sd if item.sd > 0 else 1.0)


def quantity(item: Evidence) -> str:
    """Return the evidence's number with unit and uncertainty; only the low back's sign tells something, rounding from arching."""
    if item.unit == "deg":
        return degrees(item.value, item.sd, signed=item.witness in ("low_back", "outline"))
    unit = "%" if item.unit == "pct" else item.unit
    number = f"{item.value:.1f}".replace("-", "\u2212")
    return f"{number} ± {item.sd:.1f} {unit}" if np.isfinite(item.sd) else f"{number} {unit}"


def limit(item: Evidence) -> str:
    """Return the limit that the evidence is held against, with its unit."""
    number = f"{item.limit:.{1 if item.unit == 'deg' else 2}f}".rstrip("0").removesuffix(".").replace("-", "\u2212")
    if item.unit == "deg":
        return f"{number}°"
    return f"{number} {'%' if item.unit == 'pct' else item.unit}"


def with_degree_signs(words: str) -> str:
    """Return words in which angles are written as everywhere else on a page, `2°` for `2 deg`."""
    return re.sub(r"(\d) deg\b", r"\1°", words)


def why(item: Evidence) -> str:
    """Return why a piece of evidence counts, as a sentence."""
    words = with_degree_signs(item.why.rstrip("."))
    return f"{words[:1].upper()}{words[1:]}."


def ordered_findings(report: Report) -> tuple[Finding, ...]:
    """Return the findings, the gravest first."""
    return tuple(sorted(report.judgement.findings, key=lambda finding: finding.gravity, reverse=True))


def verdict(report: Report) -> str:
    """Return the whole result in one sentence, with how sure it is of each fault, or that there was none."""
    judgement = report.judgement
    if not judgement.quality.judgeable:
        reasons = judgement.quality.reasons
        if not reasons:
            return "This clip could not be judged."
        why_not = reasons[0].text
        return f"This clip could not be judged. {why_not}" if ":" in why_not else f"This clip could not be judged: {_uncapped(why_not)}"
    findings = ordered_findings(report)
    if findings:
        clauses = [_finding_clause(report, finding) for finding in findings]
        text = "; ".join(clauses)
        return f"{text[0].upper()}{text[1:]}."
    confidence = clean_confidence(report)
    if not judgement.decided:
        return "No fault can be named, and none ruled out: what the clip shows of the back is too unsure."
    if not sure_of_no_fault(report):
        return f"No fault can be named, and none ruled out: the clip shows too little of the back ({sureness(confidence)})."
    reps = judgement.decided
    hips = np.array([measure.peak_hip_flexion_deg for measure in reps])
    depth = f" while the hips reached {degrees(float(np.nanmax(hips)))}" if np.isfinite(hips).any() else ""
    total = len(judgement.measures)
    if len(reps) < total:
        where = f"the {count(len(reps), 'rep')} of {total} that could be judged"
    else:
        where = {1: "the rep", 2: "both reps"}.get(total, f"all {total} reps")
    backs = np.array([measure.lumbar_at_bottom_deg for measure in reps])
    most = float(backs[np.nanargmax(np.abs(backs))]) if np.isfinite(backs).any() else 0.0
    if abs(most) < report.thresholds.rounding_deg:
        return f"No fault seen: the low back stayed near its standing shape in {where}{depth} ({sureness(confidence)})."
    return (
        f"No fault seen: the low back moved by up to {degrees(most, signed=True)} in {where}{depth}, "
        f"not far enough out of its line to count as one ({sureness(confidence)})."
    )


def clean_confidence(report: Report) -> float:
    """Return how sure it is that no fault was there to be seen: the mean over the reps that could be decided, NaN where there are none."""
    known = [measure.confidence for measure in report.judgement.decided]
    return float(np.mean(known)) if known else float("nan")


def sure_of_no_fault(report: Report) -> bool:
    """Return whether enough was seen of the reps to say that no fault was there."""
    return clean_confidence(report) >= report.thresholds.min_confidence


def heading(report: Report) -> str:
    """Return the verdict in two or three words."""
    if not report.judgement.quality.judgeable:
        return NOT_JUDGED
    if report.judgement.findings:
        return FAULT_SEEN
    return NO_FAULT_SEEN if sure_of_no_fault(report) else NOT_SURE


def share_of_reps(report: Report, finding: Finding) -> str:
    """Return in how many of the judged reps a fault was seen, such as ` in 2 of 3 reps`; nothing for one of the whole clip."""
    if not finding.reps:
        return ""
    judged = len(report.judgement.judged)
    return f" in {len(finding.reps)} of {count(judged, 'rep' if judged == len(report.judgement.measures) else 'judged rep')}"


def _finding_clause(report: Report, finding: Finding) -> str:
    where = share_of_reps(report, finding)
    item = leading(report, finding)
    clause, number = FAULT_CLAUSES[finding.fault], ""
    if item is not None:
        number = f", {quantity(item)} at {item.time_s:.1f} s"
        clause = LEAN_BACK_CLAUSE if item.witness == "trunk" else clause
    return f"{clause}{where}: {finding.severity}{number} ({sureness(finding.confidence)})"


def _uncapped(text: str) -> str:
    """Lower the first letter of a sentence that is to follow a colon, unless it begins with an abbreviation."""
    return text if len(text) > 1 and text[1].isupper() else text[:1].lower() + text[1:]


def finding_meaning(report: Report, finding: Finding) -> str:
    """Return what a fault means; hamstrings are named only while the knees stayed nearly straight."""
    text = FAULT_MEANINGS[finding.fault]
    witnesses = {item.witness for item in finding.evidence}
    if finding.fault == "limited_range" and witnesses & {"low_back", "knees"}:
        text += TAKEN_OVER
    if "trunk" in witnesses:
        text += LEANS_BACK_TOO if "low_back" in witnesses else LEAN_BACK
    if finding.fault == "limited_range" and _knees_nearly_straight(report, finding.reps):
        text += HAMSTRINGS
    return text


def _knees_nearly_straight(report: Report, reps: tuple[int, ...]) -> bool:
    if report.motion is None or report.segmentation is None:
        return False
    bottoms = [rep.bottom for rep in report.segmentation.reps if rep.number in reps]
    knees = report.motion.knee_flexion.value_deg[bottoms]
    return bool(knees.size and np.isfinite(knees).all() and knees.max() < report.thresholds.straight_knee_deg)


def rep_remark(report: Report, measure: RepMeasures) -> str:
    """Return a rep's faults and observations in a few words."""
    if not measure.judged:
        return "not judged"
    words = [FAULT_TITLES[fault].split(":")[0].lower() for fault in measure.faults]
    words += [OBSERVATION_TITLES[name].lower() for name in measure.observations]
    if measure.partial:
        words.append("seen in part")
    if measure.rep in report.judgement.undecided and not measure.faults:
        words.append("not sure")
    return ", ".join(words) or "no fault seen"


def observation_text(observation: Observation) -> str:
    """Return an observation's meaning with where it was seen."""
    where = rep_list(observation.reps)
    return f"{OBSERVATION_MEANINGS[observation.name]} Seen in {where} ({sureness(observation.confidence)})."


def drill_dose(drill: Drill) -> str:
    """Return reps and tempo where the drill has them."""
    parts = [] if drill.reps is None else [count(drill.reps, "rep")]
    if drill.tempo is not None:
        meaning = ": one second down, one second held, straight up" if drill.tempo == "1-1-0" else ""
        parts.append(f"tempo {drill.tempo}{meaning}")
    return ", ".join(parts)


def rep_uncertainty(report: Report, number: int) -> tuple[float, float]:
    """Return the standard errors (degrees) of a rep's deepest hip flexion and of the low back at its bottom, NaN where not known."""
    if report.motion is None or report.segmentation is None:
        return float("nan"), float("nan")
    for rep in report.segmentation.reps:
        if rep.number == number:
            hip, low_back = at_depth(report.motion, report.segmentation, rep)
            return hip.sd, low_back.sd
    return float("nan"), float("nan")
