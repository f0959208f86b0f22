"""What a server is told at its start."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from hinge_vision.errors import SettingsError
from hinge_vision.web.settings import ServerSettings


@pytest.mark.parametrize("value", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize(("name", "said"), [("max_clip_s", "max length"), ("quota_bytes", "quota"), ("retention_days", "retention")])
def test_a_limit_that_would_refuse_every_clip_or_none_is_refused_itself(tmp_path: Path, name: str, said: str, value: float) -> None:
    with pytest.raises(SettingsError, match=f"{said} must be a positive number"):
        ServerSettings(data=tmp_path, **{name: value})  # type: ignore[arg-type]


def test_a_part_of_a_second_a_byte_or_a_day_is_a_limit_too(tmp_path: Path) -> None:
    made = ServerSettings(data=tmp_path, max_clip_s=0.5, quota_bytes=0.5, retention_days=0.5)
    assert (made.max_clip_s, made.quota_bytes, made.retention_days) == (0.5, 0.5, 0.5)
