"""The one table of limits: what counts as a fault, an observation or a clip that can be judged, and where each number is from.

A limit stands inside its dead band: within the band a value may be called mild or nothing, beyond it the fault
must be found, short of it none may be claimed.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from hinge_vision.errors import SettingsError
from hinge_vision.settings import Exercise

_OWN = "own choice, from the rendered clips with known truth"
_BENGTSSON = "Bengtsson 2022: trained lifters with a flat back flex the lumbar spine by 13 + 20 deg from standing to the deadlift's start"


def _limit(value: float, unit: str, meaning: str, source: str, dead_band: tuple[float, float] | None = None) -> Any:
    return field(default=value, metadata={"unit": unit, "meaning": meaning, "source": source, "dead_band": dead_band})


@dataclass(frozen=True)
class Thresholds:
    """All limits, with unit, meaning, source and dead band in each field's metadata (`Thresholds.table()` lists them).

    Angles are changes since standing unless said otherwise; gaps are % of the standing length from sacrum to C7.
    """

    # coupled flexion
    roundness_deg: float = _limit(
        43.0,
        "deg",
        "lumbar flexion plus the bow of the back's outline (mid-back against low back) that counts as rounding",
        f"{_OWN} and real clips judged by eye: flat backs reach 41, round ones start at 45. {_BENGTSSON}",
        (20.0, 55.0),
    )
    rounding_deg: float = _limit(
        21.0,
        "deg",
        "lumbar flexion at depth that counts as rounding at least, however bowed the outline",
        "middle of the band between what a neutral lift shows at most and what must be found",
        (12.0, 30.0),
    )
    rounding_flat_deg: float = _limit(
        33.0,
        "deg",
        "lumbar flexion at depth that counts as rounding though the outline is not bowed, where surely exceeded: by 1.64 standard errors (95 %)",
        f"what a flat back loses. {_BENGTSSON}",
        (25.0, 50.0),
    )
    bow_sd_deg: float = _limit(4.0, "deg", "standard error of the outline's bow", f"{_OWN}: 1 px at either end of two chords of 0.08 statures")
    convexity_pct: float = _limit(
        2.25,
        "pct",
        "how far the low back stands out past the chord from sacrum to mid-back before the report says so",
        f"{_OWN} and real clips judged by eye: flat backs up to 1.3, round ones from 3",
        (0.0, 3.5),
    )
    convexity_sd_pct: float = _limit(1.2, "pct", "standard error of the outline's convexity", f"{_OWN}: 2 px of 170 px back length")
    early_onset_share: float = _limit(
        0.5, "1", "the low back starts early when it has begun to move before this share of the hips' range", f"{_OWN}; late rounding starts at 0.8"
    )
    onset_shift_deg: float = _limit(2.0, "deg", "by how much an early start of the low back lowers the limits above", _OWN)
    rounding_moderate_deg: float = _limit(30.0, "deg", "lumbar flexion from which coupled flexion is moderate", _BENGTSSON)
    rounding_marked_deg: float = _limit(
        42.0, "deg", "lumbar flexion from which it is marked", "the rendered round45 clips, whose backs look plainly round"
    )

    # overextension
    arching_deg: float = _limit(
        -9.5,
        "deg",
        "lumbar flexion (negative: extension) at depth or lockout that counts as overextension",
        "middle of the band between neutral and what must be found",
        (-14.0, -5.0),
    )
    arching_with_room_deg: float = _limit(
        -7.5, "deg", "the same at depth when the hand's room at the low back has grown as well", _OWN, (-12.0, -5.0)
    )
    arching_moderate_deg: float = _limit(-14.0, "deg", "lumbar flexion from which overextension is moderate", _OWN)
    arching_marked_deg: float = _limit(-22.0, "deg", "lumbar flexion from which it is marked", _OWN)
    arching_most_deg: float = _limit(-25.0, "deg", "lumbar flexion below which the reading is not believed: few low backs extend further", _OWN)
    lean_back_deg: float = _limit(
        -6.0,
        "deg",
        "trunk inclination at lockout (absolute) that shows a lean-back where no standing baseline can show the low back's own change",
        f"{_OWN}: standing 1 to 6, leaning back -9 to -10",
        (-9.0, -3.0),
    )

    upright_most_deg: float = _limit(
        6.0,
        "deg",
        "trunk inclination at lockout (absolute) beyond which an arched low back is not believed there",
        f"{_OWN}: standing 1 to 6, leaning back -9 to -10",
        (-4.0, 10.0),
    )
    upright_deg: float = _limit(
        2.0,
        "deg",
        "trunk inclination at lockout (absolute) a lean-back stays below, where zero is no quiet standing",
        f"{_OWN}: standing 1 to 6, leaning back -9 to -10",
        (-4.0, 6.0),
    )

    # limited range
    hip_range_deg: float = _limit(
        70.0,
        "deg",
        "hip flexion a deadlift or hinge should reach",
        "between what must be found and a full hinge; hips that stop short read up to 12 deg too high",
        (55.0, 80.0),
    )
    hip_range_kb_swing_deg: float = _limit(52.0, "deg", "hip flexion a kettlebell swing should reach", f"{_OWN}: swings are shallower", (40.0, 65.0))
    take_over_lumbar_deg: float = _limit(
        18.0, "deg", "lumbar flexion from which the back has taken over from hips that stop short", _OWN, (12.0, 25.0)
    )
    take_over_knee_deg: float = _limit(
        50.0, "deg", "knee flexion from which the knees have taken over", f"{_OWN}: a hinge 20, a squatty lift 85", (35.0, 65.0)
    )
    short_moderate_deg: float = _limit(5.0, "deg", "hips short of their range by this, and back or knees taking over: moderate", _OWN)
    short_marked_deg: float = _limit(25.0, "deg", "the same for marked", _OWN)
    straight_knee_deg: float = _limit(
        30.0, "deg", "knee flexion at depth below which tight hamstrings are named as a possible cause", f"{_OWN}: a hinge 20, a deadlift 35 and more"
    )

    # observations and contacts
    knee_dominant_knee_deg: float = _limit(
        54.0, "deg", "knee flexion at depth from which a lift may be knee-dominant", f"{_OWN}: squatty 85, hinge 20", (40.0, 70.0)
    )
    knee_dominant_trunk_deg: float = _limit(
        50.0, "deg", "trunk inclination at depth (absolute) below which it is", f"{_OWN}: squatty 34, deadlift 60 and more", (40.0, 60.0)
    )
    hips_first_trunk_deg: float = _limit(
        8.0,
        "deg",
        "how much further the trunk leans on the way up, while the knees straighten, before the hips count as rising first",
        _OWN,
        (5.0, 12.0),
    )
    hips_first_knee_deg: float = _limit(18.0, "deg", "by how much the knees must have straightened meanwhile", _OWN)
    hips_first_hip_deg: float = _limit(8.0, "deg", "by how much the hips may have flexed meanwhile: more is still the way down", _OWN)
    contact_gap_pct: float = _limit(
        2.5,
        "pct",
        "growth of the sacral or thoracic gap at depth beyond which contact with the dowel is lost",
        f"{_OWN}: neutral lifts -4 to 0, lumbar 40 to 45 deg +4 to +9",
        (1.0, 4.0),
    )
    head_gap_pct: float = _limit(
        8.0,
        "pct",
        "growth of the head's gap beyond which its contact is lost",
        f"{_OWN}: neutral lifts below 0, rounded upper backs +20",
        (4.0, 12.0),
    )
    hand_room_pct: float = _limit(
        2.2,
        "pct",
        "growth of the hand's room at the low back, against the chord, beyond which it counts as grown",
        f"{_OWN}: 0.25 % per degree",
        (1.2, 3.5),
    )
    gap_sd_pct: float = _limit(1.2, "pct", "standard error of a gap", f"{_OWN}: 2 px of 170 px back length")

    # what can be judged
    min_confidence: float = _limit(
        0.5, "1", "confidence (probability times how well the rep was seen) below which nothing is claimed", "more likely than not, all told"
    )
    max_yaw_deg: float = _limit(
        30.0,
        "deg",
        "camera yaw off the pure side view beyond which a rep is not judged",
        "real clips: side views read 1 to 20 from the landmarks' depth and up to 16 from the sides' distance, oblique ones 33 and more",
        (20.0, 33.0),
    )
    full_yaw_deg: float = _limit(12.0, "deg", "yaw from which confidence falls", "docs/method.md, first trials: errors grow from 8 deg on")
    min_stature_px: float = _limit(
        140.0, "px", "height of the lifter in the image below which the outline is too coarse", "1 px is 0.7 % of the height, about 2 deg"
    )
    min_measured: float = _limit(0.35, "1", "share of a rep's frames in which the low back must be measured", _OWN)
    max_lumbar_sd_deg: float = _limit(
        11.0,
        "deg",
        "standard error of the low back at depth beyond which a rep is not judged",
        f"{_OWN}: 2 to 6; real clips that can be judged reach 9.8, where nobody stands still in them",
    )
    unsteady_deg: float = _limit(
        20.0, "deg", "lumbar flexion at lockout beyond which the rep's zero or outline is not trusted", f"{_OWN}: lockouts lie within -20 and +5"
    )
    min_hinge_deg: float = _limit(
        22.0, "deg", "trunk inclination a hinge reaches at least", "the squatty rendered lift: 33; standing and walking below 15"
    )

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
                raise SettingsError(f"threshold {item.name} must be a number, not {value!r}")
            object.__setattr__(self, item.name, float(value))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Thresholds:
        """Return the defaults with `values` in their place.

        Raises
        ------
        SettingsError
            A name is unknown or a value is no number.
        """
        known = {item.name for item in fields(cls)}
        unknown = sorted(set(values) - known)
        if unknown:
            raise SettingsError(f"unknown threshold {', '.join(unknown)}; known are {', '.join(sorted(known))}")
        return cls(**values)

    @classmethod
    def load(cls, path: Path) -> Thresholds:
        """Read thresholds from a JSON object such as `{"rounding_deg": 25}`; what it leaves out keeps its default.

        Raises
        ------
        SettingsError
            The file cannot be read, is no JSON object, names an unknown threshold or holds something else than numbers.
        """
        try:
            values = json.loads(Path(path).read_text(encoding="utf-8"))
        except OSError as error:
            raise SettingsError(f"{path}: cannot be read ({error.strerror}); give a JSON file of thresholds") from None
        except ValueError:
            raise SettingsError(f'{path}: not valid JSON; write for example {{"rounding_deg": 25}}') from None
        if not isinstance(values, dict):
            raise SettingsError(f'{path}: must hold one JSON object; write for example {{"rounding_deg": 25}}')
        try:
            return cls.from_dict(values)
        except SettingsError as error:
            raise SettingsError(f"{path}: {error}") from None

    def as_dict(self) -> dict[str, float]:
        """Return every threshold by name, ready to be written as JSON."""
        return asdict(self)

    @classmethod
    def table(cls) -> list[dict[str, Any]]:
        """Return one row per threshold: name, default, unit, meaning, source, dead_band (low, high) or None."""
        return [{"name": item.name, "default": item.default, **item.metadata} for item in fields(cls)]

    def hip_range(self, exercise: Exercise | None) -> float | None:
        """Return the hip flexion an exercise should reach; None where it has no limit (`hang_clean`)."""
        if exercise == "hang_clean":
            return None
        return self.hip_range_kb_swing_deg if exercise == "kb_swing" else self.hip_range_deg
