"""track.npz: the pose track on disk, with the settings and versions that made it. It stands in for a second inference."""

from __future__ import annotations

import io
import json
import zipfile
import zlib
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

import numpy as np

from hinge_vision.errors import HingeVisionError
from hinge_vision.findings.thresholds import Thresholds
from hinge_vision.pose.track import Elsewhere, PoseTrack
from hinge_vision.report.model import Versions
from hinge_vision.settings import Settings
from hinge_vision.video.clip_info import ClipInfo

FORMAT_VERSION = 1
_COMPRESSION = 1
ARRAYS = ("frame", "time_s", "landmarks", "world_landmarks", "outline", "outline_origin")
ARRAYS_IF_KNOWN = ("to_picture",)


@dataclass(frozen=True)
class StoredTrack:
    """What `track.npz` holds."""

    track: PoseTrack
    settings: Settings
    versions: Versions
    thresholds: Thresholds


def track_bytes(track: PoseTrack, settings: Settings, versions: Versions, thresholds: Thresholds | None = None) -> bytes:
    """Return the content of `track.npz`. The same track gives the same bytes."""
    header = {
        "format_version": FORMAT_VERSION,
        "clip": asdict(track.clip),
        "facing": track.facing,
        "stature_px": float(track.stature_px),
        "persons": int(track.persons),
        "person": int(track.person),
        "elsewhere": [asdict(place) for place in track.elsewhere],
        "rod": bool(track.rod),
        "roll_deg": float(track.roll_deg) if np.isfinite(track.roll_deg) else None,
        "settings": {**asdict(settings), "model_path": None if settings.model_path is None else str(settings.model_path)},
        "versions": asdict(versions),
        "thresholds": (thresholds or Thresholds()).as_dict(),
    }
    arrays: dict[str, Any] = {"header": np.array(json.dumps(header)), **{name: getattr(track, name) for name in ARRAYS}}
    arrays |= {name: values for name in ARRAYS_IF_KNOWN if (values := getattr(track, name)) is not None}
    out = io.BytesIO()
    # as numpy.savez_compressed does, but in a quarter of the time: measured coordinates hardly compress
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:
        for name, values in arrays.items():
            with archive.open(f"{name}.npy", "w", force_zip64=True) as file:
                np.save(file, values, allow_pickle=False)
    return out.getvalue()


def load_track(path: Path) -> StoredTrack:
    """Read `track.npz`.

    Raises
    ------
    HingeVisionError
        The file is missing, damaged, or of a format this version does not know.
    """
    try:
        with np.load(path, allow_pickle=False) as data:
            header = json.loads(str(data["header"]))
            if header.get("format_version") != FORMAT_VERSION:
                raise HingeVisionError(f"{path}: written by another version of hinge-vision; analyse the clip again")
            return _stored(header, {name: data[name] for name in (*ARRAYS, *(name for name in ARRAYS_IF_KNOWN if name in data))})
    except FileNotFoundError:
        raise HingeVisionError(f"{path}: not found; analyse the clip first (hinge-vision analyze)") from None
    except PermissionError:
        raise HingeVisionError(f"{path}: may not be read; change its permissions") from None
    except (OSError, ValueError, KeyError, TypeError, AttributeError, EOFError, zipfile.BadZipFile, zlib.error):
        raise HingeVisionError(f"{path}: damaged or not a track file; analyse the clip again") from None


def _stored(header: dict[str, Any], arrays: dict[str, Any]) -> StoredTrack:
    track = PoseTrack(
        clip=ClipInfo(**_known(ClipInfo, header["clip"])),
        facing=header["facing"],
        stature_px=header["stature_px"],
        persons=header["persons"],
        person=header["person"],
        elsewhere=tuple(Elsewhere(**_known(Elsewhere, place)) for place in header.get("elsewhere", ())),
        rod=header.get("rod", False),
        roll_deg=float("nan") if header.get("roll_deg") is None else float(header["roll_deg"]),
        **arrays,
    )
    stored = _known(Settings, header["settings"])
    stored["model_path"] = None if stored.get("model_path") is None else Path(stored["model_path"])
    thresholds = Thresholds(**_known(Thresholds, header.get("thresholds", {})))
    return StoredTrack(track, Settings(**stored), Versions(**_known(Versions, header["versions"])), thresholds)


def _known(shape: type, values: dict[str, Any]) -> dict[str, Any]:
    """Return the values whose names the dataclass has, so that a field dropped later does not stop an old file from loading."""
    names = {field.name for field in fields(shape)}
    return {name: value for name, value in values.items() if name in names}
