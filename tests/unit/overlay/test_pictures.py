"""In which size a clip is drawn, and which clip a report was made from."""

from __future__ import annotations

from dataclasses import replace

import pytest

from hinge_vision import output
from hinge_vision.errors import SettingsError
from hinge_vision.overlay import annotate
from hinge_vision.overlay.pictures import open_clip, output_size_px
from tests.report_fixture import SAMPLES, sample_report


def test_large_clips_come_out_smaller_and_small_ones_as_they_are():
    report = sample_report("deadlift_rounded")
    for size, exported, in_report in [
        ((2160, 3840), (1080, 1920), (720, 1280)),
        ((3840, 2160), (1920, 1080), (1280, 720)),
        ((541, 961), (540, 960), (540, 960)),
        ((540, 720), (540, 720), (540, 720)),
    ]:
        sized = replace(report, clip=replace(report.clip, width_px=size[0], height_px=size[1]))
        assert output_size_px(sized, annotate.SHORT_SIDE_PX) == exported
        assert output_size_px(sized, output.SHORT_SIDE_PX) == in_report


@pytest.mark.parametrize("size_px", [None, (240, 320)])
def test_a_clip_is_told_by_its_frames_and_a_damaged_one_by_what_was_lost_in_it(size_px):
    report = sample_report("deadlift_rounded")

    def opens(**values):
        made_from = replace(report, clip=replace(report.clip, **values))
        try:
            open_clip(made_from, SAMPLES / "deadlift_rounded.mp4", size_px=size_px).close()
        except SettingsError:
            return False
        return True

    frames = report.clip.frames
    assert opens()
    assert not opens(frames=frames - 1)
    assert not opens(frames=frames + 1)
    assert opens(frames=frames + 2, decode_failures=2)
    assert not opens(frames=frames + 3, decode_failures=2)
