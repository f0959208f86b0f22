"""From a clip to a PoseTrack: one quick survey of who is where, then every frame, cropped to the lifter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.cores import opencv_in_one_thread, usable_cores
from hinge_vision.errors import SettingsError
from hinge_vision.pose.crop import WIDENINGS, CropPath, View, body_box
from hinge_vision.pose.joints import middle
from hinge_vision.pose.landmarker import Landmarker, Person
from hinge_vision.pose.model import default_model_path, verify_model
from hinge_vision.pose.pace import Pace
from hinge_vision.pose.rod import rod_along_back
from hinge_vision.pose.roll import camera_roll_deg, upright_lines
from hinge_vision.pose.sides import faces_other_way, with_sides_put_right
from hinge_vision.pose.stature import stature_px
from hinge_vision.pose.survey import FollowedPerson, choose_lifter, elsewhere, facing_of, follow
from hinge_vision.pose.sway import RoomWatch, moving_camera
from hinge_vision.pose.track import Landmark, PoseTrack
from hinge_vision.pose.workers import Spares, map_in_order
from hinge_vision.settings import Facing, Settings
from hinge_vision.spine.outline import OUTLINE_POINTS, dorsal_outline, mask_contour
from hinge_vision.video.clip_info import ClipInfo
from hinge_vision.video.reader import ClipReader, Frame
from hinge_vision.video.reduce import reduced

# Called with the stage ("survey" or "pose"), the clip time reached and the clip's duration, both in seconds.
OnProgress = Callable[[str, float, float], None]

# Looks per second in the survey: a lifter bends down in a second or so.
SURVEY_RATE_HZ = 2.5
# One look in so many is also at the room: every 3 s or so: the lines of a noisy picture take 0.1 s.
_ROOM_EVERY = 8
# Longer side of the whole image in the survey; BlazePose's detector itself sees 224 pixels.
_SURVEY_SIDE_PX = 640
# Outlines are traced as far as the size in the survey says, with some to spare; a size that much larger afterwards would find
# them too short everywhere.
_MOST_GROWN = 1.06
# Each thread's model takes 0.1 GB, and one thread decodes for all: more are only started when asked for.
_MOST_WORKERS = 8
# People looked for at once.
_PEOPLE = 3
# Two skeletons whose trunks lie this near (in sizes of the body) are of one person.
_SAME_SIZES = 0.12
# Whose middle lies at the crop's edge, half a side from where the lifter is expected, is somebody else (he himself strays by up to 0.44).
_MOST_OFF_PATH = 0.5
# The back reaches this far (in sizes of the body) beyond shoulders and hips.
_BACK_SIZES = 0.08
_TRUNK = [Landmark.LEFT_SHOULDER, Landmark.RIGHT_SHOULDER, Landmark.LEFT_HIP, Landmark.RIGHT_HIP]


@dataclass(frozen=True)
class FrameRow:
    """What one frame leaves behind."""

    frame: int
    time_s: float
    landmarks: FloatArray
    world_landmarks: FloatArray
    outline: FloatArray
    origin: float


class _Rows:
    """The rows of a track as they come, in single precision and without a second copy at the end: an hour has 36,000 of them."""

    def __init__(self) -> None:
        self.frame: list[int] = []
        self.time_s: list[float] = []
        self.origin: list[float] = []
        self._bytes: dict[str, bytearray] = {}
        self._shapes: dict[str, tuple[int, ...]] = {}

    def append(self, row: FrameRow) -> None:
        self.frame.append(row.frame)
        self.time_s.append(row.time_s)
        self.origin.append(row.origin)
        for name, values in (
            ("landmarks", row.landmarks),
            ("world_landmarks", row.world_landmarks),
            ("outline", row.outline),
        ):
            self._shapes[name] = values.shape
            self._bytes.setdefault(name, bytearray()).extend(values.astype(np.float32).tobytes())

    def arrays(self) -> dict[str, Any]:
        return {name: np.frombuffer(content, np.float32).reshape(-1, *self._shapes[name]) for name, content in self._bytes.items()}


@dataclass(frozen=True)
class Glance:
    """The whole image of one moment, reduced by `scale`; `of_room` where the room's lines are looked for as well."""

    time_s: float
    image: ImageArray
    scale: float
    of_room: bool


@opencv_in_one_thread()
def track_clip(path: Path, settings: Settings, progress: OnProgress | None = None) -> tuple[ClipInfo, PoseTrack | None]:
    """Follow the lifter through a clip.

    Parameters
    ----------
    path
        The clip.
    settings
        Part of the clip, rate, person, facing, model and workers are used.
    progress
        Told how far the work has come.

    Returns
    -------
    ClipInfo, PoseTrack or None
        None when nobody was found.

    Raises
    ------
    ClipUnreadableError, InstallationError, SettingsError
    """
    model = settings.model_path or default_model_path()
    verify_model(model)
    workers = settings.workers or min(_MOST_WORKERS, usable_cores())
    # the survey's decoder and landmarkers leave some of each core: enough to load the landmarkers of the analysis meanwhile
    with Spares(model, workers) as spares:
        clip, followed, roll_deg = _survey(path, settings, model, max(1, workers // 2), progress)
        chosen = choose_lifter(followed)
        if chosen is None:
            return clip, None
        if settings.person is not None:
            chosen = settings.person - 1
        if chosen >= len(followed):
            asked = f"person {settings.person} was asked for, but {len(followed)} were seen"
            raise SettingsError(f"{path.name}: {asked}; leave --person out or give a smaller number")
        lifter = followed[chosen]
        facing = settings.facing or facing_of(lifter)
        crops = CropPath.around(lifter.time_s, lifter.boxes_px)
        size_px = stature_px(lifter.landmarks, lifter.time_s)
        room = RoomWatch(np.concatenate([person.boxes_px for person in followed]))

        with _open(path, settings) as reader:
            rows = _Rows()
            pace = Pace(settings.capture_fps or reader.info.fps, settings.analysis_rate_hz)

            def view_of(frame: Frame) -> View:
                room.look(frame)
                view = View.of(frame, crops)
                pace.expect(view.time_s)
                return view

            def measure(landmarker: Landmarker, view: View) -> FrameRow:
                row = measure_view(landmarker, view, crops, facing, size_px)
                pace.tell(view.time_s, row.landmarks)
                return row

            def failed(view: View) -> None:
                pace.tell(view.time_s, _empty_row(view).landmarks)

            views = map(view_of, reader.frames(lambda _, time_s: pace.wants(time_s)))
            # alone in the clip, he is the only one to look for; beside others, the nearest to his path is taken
            people = 1 if len(followed) == 1 else _PEOPLE
            for row in map_in_order(measure, views, model=model, workers=workers, people=people, spares=spares, failed=failed):
                rows.append(row)
                if progress is not None:
                    progress("pose", row.time_s, clip.duration_s)
            clip = replace(reader.info, duration_s=max(reader.info.duration_s, clip.duration_s))
    arrays, time_s = rows.arrays(), np.array(rows.time_s)
    to_picture = moving_camera(room.path(), arrays["landmarks"], time_s, size_px)
    track = PoseTrack(
        clip=clip,
        facing=facing,
        frame=np.array(rows.frame, dtype=np.int64),
        time_s=time_s,
        outline_origin=np.array(rows.origin),
        stature_px=min(stature_px(arrays["landmarks"], time_s, to_picture), _MOST_GROWN * size_px),
        **arrays,
        persons=len(followed),
        person=chosen + 1,
        rod=lifter.holds_rod,
        roll_deg=roll_deg,
        to_picture=to_picture,
        elsewhere=elsewhere(followed, chosen, time_s, np.isfinite(arrays["landmarks"][:, 0, 0])),
    )
    return clip, with_sides_put_right(track)


def _open(path: Path, settings: Settings, rate_hz: float | None = None, *, glance: bool = False) -> ClipReader:
    return ClipReader(path, start_s=settings.start_s, end_s=settings.end_s, capture_fps=settings.capture_fps, rate_hz=rate_hz, glance=glance)


def _survey(path: Path, settings: Settings, model: Path, workers: int, progress: OnProgress | None) -> tuple[ClipInfo, list[FollowedPerson], float]:
    """Look at the whole image a few times a second; return the clip, who is in it, and the camera's roll in degrees."""

    def look(landmarker: Landmarker, glance: Glance) -> tuple[float, list[Person], FloatArray | None]:
        image = glance.image
        factor = np.array([1 / glance.scale, 1 / glance.scale, 1 / glance.scale, 1.0])
        found = landmarker.find(image)
        people = [replace(one, landmarks=one.landmarks * factor, rod=rod_along_back(image, one.landmarks)) for one in found]
        return glance.time_s, people, upright_lines(image, [one.landmarks for one in found]) if glance.of_room else None

    def glances(frames: Iterable[Frame]) -> Iterator[Glance]:
        for number, frame in enumerate(frames):
            scale = min(1.0, _SURVEY_SIDE_PX / max(frame.image.shape[:2]))
            yield Glance(frame.time_s, reduced(frame.image, scale), scale, number % _ROOM_EVERY == 0)

    with _open(path, settings, SURVEY_RATE_HZ, glance=True) as reader:

        rooms: list[FloatArray] = []

        def looks() -> Iterator[tuple[float, list[Person]]]:
            for time_s, people, room in map_in_order(look, glances(reader), model=model, workers=workers, people=_PEOPLE, masks=False):
                if progress is not None:
                    progress("survey", time_s, reader.info.duration_s)
                if room is not None:
                    rooms.append(room)
                yield time_s, people

        followed = follow(looks())
        return reader.info, followed, camera_roll_deg(rooms)


def measure_view(landmarker: Landmarker, view: View, crops: CropPath, facing: Facing, size_px: float) -> FrameRow:
    """Find the lifter in one frame and trace his dorsal outline."""
    row = _empty_row(view)
    for widen in WIDENINGS:
        crop, scale, corner = view.cut(*crops.at(view.time_s, widen))
        people = landmarker.find(crop)
        if people:
            break
    else:
        return row
    centre_px, side_px = crops.at(view.time_s)

    def off_path(person: Person) -> float:
        return _off_path(body_box(person.landmarks) / scale + np.tile(corner, 2), centre_px, side_px)

    person = min(people, key=off_path)
    if off_path(person) > _MOST_OFF_PATH:
        return row
    landmarks = person.landmarks.copy()
    landmarks[:, :3] /= scale
    landmarks[:, :2] += corner
    row = replace(row, landmarks=landmarks, world_landmarks=person.world_landmarks)
    if person.mask is None or faces_other_way(person.landmarks, facing) or any(_covers(other, person) for other in people):
        return row
    contour = mask_contour(person.mask)
    shoulder, hip = middle(person.landmarks, "SHOULDER"), middle(person.landmarks, "HIP")
    traced = dorsal_outline(contour, shoulder, hip, facing, size_px * scale)
    if traced is None:
        return row
    points, origin = traced
    return replace(row, outline=points / scale + corner, origin=origin)


def _empty_row(view: View) -> FrameRow:
    return FrameRow(
        view.index,
        view.time_s,
        np.full((33, 4), np.nan),
        np.full((33, 3), np.nan),
        np.full((OUTLINE_POINTS, 2), np.nan),
        np.nan,
    )


def _covers(other: Person, person: Person) -> bool:
    """Tell whether another person stands in the way of the one's trunk, so that the outline may be his; not a second skeleton of the same."""
    box, trunk = body_box(other.landmarks), body_box(person.landmarks[_TRUNK])
    size_px = float(np.max(np.ptp(body_box(person.landmarks).reshape(2, 2), axis=0)))
    middle_px, other_middle_px = (body_box(one.landmarks[_TRUNK]).reshape(2, 2).mean(axis=0) for one in (person, other))
    same = float(np.hypot(*(middle_px - other_middle_px))) < _SAME_SIZES * size_px
    return not same and bool(min(box[2], trunk[2] + _BACK_SIZES * size_px) > max(box[0], trunk[0] - _BACK_SIZES * size_px))


def _off_path(box_px: FloatArray, centre_px: FloatArray, side_px: float) -> float:
    """Tell how far a body's box lies from where the lifter is expected, in sides of his crop; a body too small or large counts too."""
    distance = float(np.hypot(*((box_px[:2] + box_px[2:]) / 2 - centre_px))) / side_px
    size = float(np.max(box_px[2:] - box_px[:2])) / side_px
    return distance + max(0.0, 0.35 - size) + max(0.0, size - 0.8)
