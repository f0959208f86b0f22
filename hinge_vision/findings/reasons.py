"""Why a clip, or part of it, cannot be judged: every sentence a user may read, and what to film instead."""

from __future__ import annotations

from hinge_vision.findings.model import Reason

REASONS: dict[str, Reason] = {
    reason.code: reason
    for reason in (
        Reason(
            "no_person",
            "Nobody could be found in this clip.",
            "Film one lifter from the side, head to feet in the picture, in good light.",
        ),
        Reason(
            "not_side_view",
            "The camera does not see the lifter from the side, so the low back cannot be measured.",
            "Film square to the side, camera level at hip height.",
        ),
        Reason("walking", "The person walks; no hip hinge on the spot was seen.", "Film the lift itself, feet in one place."),
        Reason(
            "no_hinge",
            "No hip hinge was seen: the trunk never bends forward and comes back up.",
            "Film at least one whole rep of a hinge from the side.",
        ),
        Reason(
            "squat",
            "This looks like a squat: nothing hangs in the hands and the trunk stays upright.",
            "Film a deadlift, a swing or another hip hinge.",
        ),
        Reason(
            "rod",
            "A rod is held along the back: the camera takes it for the back's outline.",
            "Do the self-assessment with the rod, then film without the rod.",
        ),
        Reason(
            "kneeling",
            "The lifter kneels or sits, as in the tall kneeling hinge; only lifts in standing are judged.",
            "Film a deadlift, a swing or another hip hinge in standing.",
        ),
        Reason(
            "straight_hips",
            "The body leans or lies straight from shoulders to knees, as in a plank or a burpee: the hips do not bend.",
            "Film a deadlift, a swing or another hip hinge.",
        ),
        Reason(
            "one_leg",
            "One foot leaves the floor: the outline behind the hips is then the free leg's and not the back's.",
            "Film a lift with both feet on the floor.",
        ),
        Reason(
            "toe_touch",
            "This looks like a toe touch: the knees stay straight and the hands reach for the feet.",
            "Film a deadlift, a swing or another hip hinge.",
        ),
        Reason(
            "held_hinge",
            "The hinge is held while the arms move, as in a bent-over row; there is no way down and up to judge.",
            "Film a deadlift, a swing or another hip hinge from standing to depth and back.",
        ),
        Reason(
            "too_few_pixels",
            "The lifter is too small in the picture to see the low back.",
            "Move the camera closer, so that the lifter fills most of the picture's height.",
        ),
        Reason(
            "out_of_frame",
            "Head, hips or knees are outside the picture at the bottom of the lift.",
            "Film the whole body from head to feet, also at the bottom and at lockout.",
        ),
        Reason(
            "too_little_measured",
            "The low back could be measured in too few frames.",
            "Keep the back free of other people and objects, use good light, and wear clothes that stand out from the wall.",
        ),
        Reason(
            "unsure",
            "Too much of the lifter is hidden to tell the low back's angle well enough to judge it.",
            "Keep plates and other things from hiding hips and legs, and stand still for two seconds before the first rep.",
        ),
        Reason(
            "view_changes",
            "The camera's direction changes during the clip; only what was seen from the side is judged.",
            "Put the camera on a fixed stand, square to the side.",
        ),
        Reason(
            "feet_cut_off",
            "The feet are outside the picture, so the knees are less sure.",
            "Film the whole body from head to feet, also at the bottom and at lockout.",
        ),
        Reason(
            "turned",
            "In part of the clip the lifter, or another one, faces the other way; only the rest is judged.",
            "Film one lifter from one side, without cuts.",
        ),
        Reason(
            "other_facing",
            "The lifter faces the other side than the one given as `--facing`.",
            "Leave `--facing` out, or give the other side.",
        ),
        Reason("some_reps", "Some reps could not be judged.", "Film every rep from the side, with the whole body in the picture."),
    )
}
