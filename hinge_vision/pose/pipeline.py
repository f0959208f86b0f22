"""From a clip to a PoseTrack: one quick survey of who is where, then every frame, cropped to the lifter."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from hinge_vision.arrays import FloatArray, ImageArray
from hinge_vision.cores import opencv_in_one_thread, usable_cores
from hinge_vision.errors import SettingsError
from hinge_vision.pose.crop import CropPath, View
from hinge_vision.pose.feet import Floor
from hinge_vision.pose.frame_row import FrameRow, Rows, empty_row, measure_view
from hinge_vision.pose.landmarker import Landmarker, Person
from hinge_vision.pose.model import default_model_path, verify_model
from hinge_vision.pose.pace import Pace
from hinge_vision.pose.rod import rod_along_back
from hinge_vision.pose.roll import camera_roll_deg, upright_lines
from hinge_vision.pose.sides import with_sides_put_right
from hinge_vision.pose.stature import stature_px
from hinge_vision.pose.survey import FollowedPerson, choose_lifter, elsewhere, facing_of, follow
from hinge_vision.pose.sway import RoomWatch, moving_camera
from hinge_vision.pose.track import PoseTrack
from hinge_vision.pose.workers import Spares, map_in_order
from hinge_vision.settings import Settings
from hinge_vision.video.clip_info import ClipInfo
from hinge_vision.video.frame import Frame
from hinge_vision.video.reader import ClipReader
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
        floor = Floor.under(lifter.landmarks, lifter.time_s, size_px)
        room = RoomWatch(np.concatenate([person.boxes_px for person in followed]))

        with _open(path, settings) as reader:
            rows = Rows()
            pace = Pace(settings.capture_fps or reader.info.fps, settings.analysis_rate_hz)

            def view_of(frame: Frame) -> View:
                room.look(frame)
                view = View.of(frame, crops)
                pace.expect(view.time_s)
                return view

            def measure(landmarker: Landmarker, view: View) -> FrameRow:
                row = measure_view(landmarker, view, crops, facing, size_px, floor)
                pace.tell(view.time_s, row.landmarks)
                return row

            def failed(view: View) -> None:
                pace.tell(view.time_s, empty_row(view).landmarks)

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
