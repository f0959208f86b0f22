"""Whatever wrote the clip: codec and container change nothing."""

from __future__ import annotations

import pytest

from tests.robustness.conftest import Row
from tests.robustness.matrix import Case, SameAngles, clip_of, plain_images

X265 = {"preset": "ultrafast", "x265-params": "log-level=none", "crf": "18"}
VP9 = {"deadline": "realtime", "cpu-used": "8", "crf": "20", "b": "0"}
# name, suffix, codec, pixel format, the encoder's options
WRITTEN = (
    ("H.264 in mp4", ".mp4", "libx264", "yuv420p", {}),
    ("H.264 in mov", ".mov", "libx264", "yuv420p", {}),
    ("H.264 in mkv", ".mkv", "libx264", "yuv420p", {}),
    ("H.264 in avi", ".avi", "libx264", "yuv420p", {"bf": "0"}),
    ("H.264 in avi, B-frames", ".avi", "libx264", "yuv420p", {"bf": "2", "preset": "veryfast"}),
    ("H.264 in MPEG-TS", ".ts", "libx264", "yuv420p", {}),
    ("H.264 in 3gp", ".3gp", "libx264", "yuv420p", {}),
    ("H.264 10-bit 4:2:2 in mkv", ".mkv", "libx264", "yuv422p10le", {}),
    ("HEVC 8-bit in mp4", ".mp4", "libx265", "yuv420p", X265),
    ("HEVC 10-bit in mov", ".mov", "libx265", "yuv420p10le", X265),
    ("HEVC 10-bit in mkv", ".mkv", "libx265", "yuv420p10le", X265),
    ("VP8 in webm", ".webm", "libvpx", "yuv420p", {"deadline": "realtime", "cpu-used": "8", "b": "2000000"}),
    ("VP9 in webm", ".webm", "libvpx-vp9", "yuv420p", VP9),
    ("VP9 in mp4", ".mp4", "libvpx-vp9", "yuv420p", VP9),
    ("AV1 in mp4", ".mp4", "libsvtav1", "yuv420p", {"preset": "12", "crf": "22"}),
    ("AV1 in webm", ".webm", "libsvtav1", "yuv420p", {"preset": "12", "crf": "22"}),
    ("AV1 10-bit in mkv", ".mkv", "libsvtav1", "yuv420p10le", {"preset": "12", "crf": "22"}),
    ("Motion JPEG in avi", ".avi", "mjpeg", "yuvj420p", {"b": "8000000"}),
    ("Motion JPEG in mov", ".mov", "mjpeg", "yuvj422p", {"b": "8000000"}),
    ("MPEG-4 in mp4", ".mp4", "mpeg4", "yuv420p", {"b": "4000000"}),
    ("MPEG-4 in avi", ".avi", "mpeg4", "yuv420p", {"b": "4000000"}),
    ("MPEG-2 in MPEG-PS", ".mpg", "mpeg2video", "yuv420p", {"b": "4000000"}),
    ("ProRes in mov", ".mov", "prores_ks", "yuv422p10le", {}),
    ("Flash video", ".flv", "flv", "yuv420p", {"b": "4000000"}),
    ("Windows Media", ".wmv", "wmv2", "yuv420p", {"b": "4000000"}),
)


def case(name: str, suffix: str, codec: str, pix_fmt: str, options: dict[str, str]) -> Case:
    how: dict[str, object] = {"codec": codec, "pix_fmt": pix_fmt}
    if codec != "libx264" or options:
        how["options"] = {"crf": "16", "preset": "ultrafast", **options} if codec == "libx264" else options
    return Case(name, lambda folder: clip_of(folder / f"clip{suffix}", plain_images(), **how), SameAngles())


CASES = [case(*written) for written in WRITTEN]


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_clip_of_any_codec_and_container_gives_the_plain_clips_angles(case: Case, row: Row) -> None:
    row("1 Codecs and containers", case)
