"""Words from outside made fit to be shown: a clip's name and an athlete's name. Neither names anything on the disk by itself."""

from __future__ import annotations

import unicodedata

from hinge_vision.errors import SettingsError

MAX_NAME = 80
_NO_PART_OF_A_NAME = frozenset('/\\:*?"<>|')


def clip_name(filename: str) -> str:
    """Return the last part of an uploaded file's name without anything a file system or a terminal would act upon."""
    last = filename.replace("\\", "/").rsplit("/", 1)[-1]
    kept = "".join(c for c in unicodedata.normalize("NFC", last) if c.isprintable() and c not in _NO_PART_OF_A_NAME)
    kept = " ".join(kept.split()).lstrip(".")
    stem, dot, suffix = kept.rpartition(".")
    if dot and stem and len(suffix) <= 5:
        return stem[: MAX_NAME - len(suffix) - 1].rstrip() + "." + suffix
    return kept[:MAX_NAME].rstrip() or "clip"


def athlete_name(text: str | None) -> str | None:
    """Return an athlete's name on one line; None for nothing.

    Raises
    ------
    SettingsError
        It is too long.
    """
    kept = " ".join("".join(c if c.isprintable() else " " for c in text or "").split())
    if len(kept) > MAX_NAME:
        raise SettingsError(f"the athlete's name has more than {MAX_NAME} characters; shorten it")
    return kept or None
