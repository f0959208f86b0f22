"""The zip file that is made while it is sent."""

from __future__ import annotations

import io
import os
import zipfile
from pathlib import Path

from hinge_vision.web.archive import zip_pieces


def test_a_zip_holds_the_folder_under_one_name_without_what_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "frames").mkdir()
    contents = {"report.html": b"<p>" * 1000, "annotated.mp4": os.urandom(1_000_000), "frames/frame_000001.png": b"png", "thumbnail.jpg": b"x"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    pieces = list(zip_pieces(tmp_path, "Zoë's lift", frozenset(("thumbnail.jpg",))))
    assert max(map(len, pieces)) < 600_000
    with zipfile.ZipFile(io.BytesIO(b"".join(pieces))) as archive:
        assert archive.testzip() is None
        assert {name: archive.read(name) for name in archive.namelist()} == {
            f"Zoë's lift/{name}": content for name, content in contents.items() if name != "thumbnail.jpg"
        }
