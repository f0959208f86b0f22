"""Which drill answers what was seen. Repetitions and tempo stand only where the source article gives them."""

from __future__ import annotations

from collections.abc import Sequence

from hinge_vision.findings.model import Drill, Fault, Finding, Observation


def toe_touch(why: str) -> Drill:
    """Return the forefoot elevated toe touch, with the reason it is given for."""
    return Drill(
        name="forefoot elevated toe touch",
        reps=15,
        tempo="1-1-0",
        cue="Forefeet on a small rise, reach for the toes as if a rope pulled the hips straight back, the spine neutral.",
        why=why,
    )


def tall_kneeling(why: str) -> Drill:
    """Return the tall kneeling KB hip hinge, with the reason it is given for."""
    return Drill(
        name="tall kneeling KB hip hinge",
        reps=None,
        tempo=None,
        cue="Kneel tall with a kettlebell in the hands and sit the butt back to the heels, the spine neutral.",
        why=why,
    )


def self_assessment() -> Drill:
    """Return the self-assessment with the rod, for a head that left it while nothing else did."""
    return Drill(
        name="hip hinge self-assessment",
        reps=None,
        tempo=None,
        cue="Repeat the test with the rod and look at the floor two metres ahead, so that the neck stays in line with the back.",
        why="Only the back of the head left the rod; looking up with the neck extended is no fault.",
    )


def drills_for(findings: Sequence[Finding], contacts_lost: Sequence[str], observations: Sequence[Observation]) -> tuple[Drill, ...]:
    """Return the drills in the order to do them: the gravest fault decides, then lost contacts, then the head alone."""
    if findings:
        return _ANSWERS[max(findings, key=lambda item: item.gravity).fault]
    if "sacral" in contacts_lost or "thoracic" in contacts_lost:
        return _for_lost_contact()
    if "low_back" in contacts_lost:
        return _for_grown_room()
    if "head" in contacts_lost or any(item.name == "head_contact_lost" for item in observations):
        return (self_assessment(),)
    return ()


def _for_lost_contact() -> tuple[Drill, ...]:
    return (
        toe_touch("A point of the back that should touch the rod came off; the pull from the hips brings it back."),
        tall_kneeling("Kneeling takes the hamstrings out, so that the back can be kept in place under load."),
    )


def _for_grown_room() -> tuple[Drill, ...]:
    return (
        tall_kneeling("The hand's room between rod and low back grew; from the knees, sitting back to the heels, it is easier to keep."),
        toe_touch("Reaching for the toes takes the low back out of its hollow while the hips go back."),
    )


_ANSWERS: dict[Fault, tuple[Drill, ...]] = {
    "coupled_flexion": (
        toe_touch("The low back rounded together with the hips; the pull from the hips teaches them to move alone."),
        tall_kneeling("It loads the new movement so that it stays; kneeling takes the hamstrings out of it."),
    ),
    "overextension": (
        tall_kneeling("The low back arched past its standing shape; from the knees, sitting back to the heels, neutral is easier to keep."),
        toe_touch("Reaching for the toes takes the low back out of its arch while the hips go back."),
    ),
    "limited_range": (
        toe_touch("The hips stopped short; the raised forefeet work on the rear of the thighs."),
        tall_kneeling("Kneeling takes the hamstrings out; the load makes the new range stick."),
    ),
}
