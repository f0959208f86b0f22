"""The survey: a few looks at the whole clip that tell who is in it, who lifts, where, and which way he faces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from hinge_vision.arrays import BoolArray, FloatArray
from hinge_vision.pose.crop import body_box
from hinge_vision.pose.joints import middle, trunk_lean_deg
from hinge_vision.pose.landmarker import Person
from hinge_vision.pose.track import Elsewhere, Landmark
from hinge_vision.settings import Facing

# Landmarks whose visibility counts when asking whether somebody is really there.
_TRUNK = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]
# A person must come back within this time to count as the same one; in a clip looked at more rarely, at the next look.
_MAX_GAP_S = 2.5
# So many looks at a trunk that leans further than in walking tell which way the lifter faces, and that he hinges.
_BENT_DEG, _FEWEST_BENT = 25.0, 2
# Whoever is found in fewer of the frames than this is not there.
_THERE_SHARE = 0.5
# A rod is believed where it is seen in this share of the looks at a leaning trunk.
_ROD_SHARE = 0.6


@dataclass(frozen=True)
class FollowedPerson:
    """One person followed through the survey.

    `time_s` (M,), `boxes_px` (M, 4) as x0, y0, x1, y1, `landmarks` (M, 33, 4). `rod_looks` are the looks at a leaning trunk in
    which a rod was seen along the back or not.
    """

    time_s: FloatArray
    boxes_px: FloatArray
    landmarks: FloatArray
    rod_looks: tuple[bool, ...] = ()

    @property
    def holds_rod(self) -> bool:
        """Whether a rod lies along the back in at least two looks and in most of them."""
        return sum(self.rod_looks) >= max(2.0, _ROD_SHARE * len(self.rod_looks))

    @property
    def size_px(self) -> float:
        """The longer side of the box, median over time."""
        sides = self.boxes_px[:, 2:] - self.boxes_px[:, :2]
        return float(np.median(sides.max(axis=1)))

    @property
    def trunk_inclination_deg(self) -> FloatArray:
        """(M,) lean of the hip-shoulder line from the vertical, unsigned."""
        return trunk_lean_deg(self.landmarks)

    @property
    def hinge_range_deg(self) -> float:
        """How far the trunk moves between upright and bent, robustly."""
        low, high = np.percentile(self.trunk_inclination_deg, [5, 95])
        return float(high - low)


def follow(looks: Iterable[tuple[float, list[Person]]]) -> list[FollowedPerson]:
    """Link what successive looks show of the same person, by nearness and size.

    Parameters
    ----------
    looks
        Time in seconds and the people found then, in order of time.

    Returns
    -------
    list of FollowedPerson
        From left to right by median position.
    """
    looks = list(looks)
    apart_s = np.diff([time_s for time_s, _ in looks])
    max_gap_s = max(_MAX_GAP_S, 1e-6 + float(np.max(apart_s, initial=0.0)))
    open_: list[list[tuple[float, FloatArray, Person]]] = []
    for time_s, people in looks:
        taken: set[int] = set()
        for person in people:
            if float(np.mean(person.landmarks[_TRUNK, 3])) < 0.5:
                continue
            box = body_box(person.landmarks)
            best, best_cost = -1, 0.6
            for index, entries in enumerate(open_):
                last_time_s, last_box, _ = entries[-1]
                if index in taken or time_s - last_time_s > max_gap_s:
                    continue
                cost = _distance(box, last_box)
                if cost < best_cost:
                    best, best_cost = index, cost
            if best < 0:
                # a second skeleton laid over someone already taken is no second person
                if any(_distance(box, open_[index][-1][1]) < 0.25 for index in taken):
                    continue
                open_.append([])
                best = len(open_) - 1
            open_[best].append((time_s, box, person))
            taken.add(best)
    followed = [
        FollowedPerson(
            np.array([time_s for time_s, _, _ in looks_at]),
            np.array([box for _, box, _ in looks_at]),
            np.array([person.landmarks for _, _, person in looks_at]),
            tuple(person.rod for _, _, person in looks_at if person.rod is not None),
        )
        for looks_at in open_
    ]
    return sorted(followed, key=lambda person: float(np.median(person.boxes_px[:, [0, 2]])))


def _distance(a: FloatArray, b: FloatArray) -> float:
    """Distance of two boxes' centres plus their difference in size, in sizes of the larger."""
    size_a, size_b = float(np.max(a[2:] - a[:2])), float(np.max(b[2:] - b[:2]))
    size = max(size_a, size_b, 1.0)
    centre = np.abs((a[:2] + a[2:]) - (b[:2] + b[2:])) / 2
    return float(np.hypot(*centre) / size + 0.5 * abs(size_a - size_b) / size)


def choose_lifter(followed: list[FollowedPerson]) -> int | None:
    """Return the index of the person who hinges most and fills most of the frame, or None when there is nobody."""
    if not followed:
        return None
    looks = max(len(person.time_s) for person in followed)

    def weight(person: FollowedPerson) -> float:
        return person.size_px * (len(person.time_s) / looks) * (10.0 + person.hinge_range_deg)

    return int(np.argmax([weight(person) for person in followed]))


def elsewhere(followed: list[FollowedPerson], chosen: int, time_s: FloatArray, found: BoolArray) -> tuple[Elsewhere, ...]:
    """Return who else hinges, in order of time, while the one chosen is not seen: most likely he himself at another place.

    Parameters
    ----------
    followed, chosen
        Who is in the clip, and which of them is the lifter.
    time_s, found : (N,)
        The frames analysed, and whether the lifter was found in them: one who comes back to his place is, though followed as another person.
    """
    lifter_s = followed[chosen].time_s
    places = []
    for number, person in enumerate(followed, start=1):
        start_s, end_s = float(person.time_s[0]), float(person.time_s[-1])
        hinges = (person.trunk_inclination_deg > _BENT_DEG).sum() >= _FEWEST_BENT and person.hinge_range_deg > _BENT_DEG
        meanwhile = found[(time_s >= start_s) & (time_s <= end_s)]
        if hinges and (end_s < lifter_s[0] or start_s > lifter_s[-1]) and meanwhile.sum() < _THERE_SHARE * len(meanwhile):
            places.append(Elsewhere(number, start_s, end_s))
    return tuple(sorted(places, key=lambda place: place.start_s))


def facing_of(person: FollowedPerson) -> Facing:
    """Tell which side of the image a person faces: feet point there, the nose lies before the ears, trunk and arms lean there.

    The looks at a leaning trunk decide where there are some: he may walk in and out the other way.
    """
    bent = person.trunk_inclination_deg > _BENT_DEG
    marks = person.landmarks[bent] if bent.sum() >= _FEWEST_BENT else person.landmarks
    feet = (marks[:, [Landmark.LEFT_FOOT_INDEX, Landmark.RIGHT_FOOT_INDEX], 0] - marks[:, [Landmark.LEFT_HEEL, Landmark.RIGHT_HEEL], 0]).mean(axis=1)
    nose = marks[:, Landmark.NOSE, 0] - marks[:, [Landmark.LEFT_EAR, Landmark.RIGHT_EAR], 0].mean(axis=1)
    lean = (middle(marks, "SHOULDER") - middle(marks, "HIP"))[:, 0]
    # in sizes of the body; a lean counts only by what goes beyond the sway of standing
    votes = np.median(feet) + np.median(nose) + np.percentile(lean, 90) / 2 + np.percentile(lean, 10) / 2
    return "right" if votes > 0 else "left"
