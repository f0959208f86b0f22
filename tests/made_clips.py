"""Small clips made on the spot, each with one peculiarity of real files; every frame carries its own number."""

from __future__ import annotations

import os
import struct
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import numpy.typing as npt

Image = npt.NDArray[np.uint8]

WIDTH, HEIGHT = 128, 96
_BITS = 8
# Blue, green, red of the corners: top left, top right, bottom left, bottom right.
CORNERS = {"red": (0, 0, 255), "green": (0, 255, 0), "blue": (255, 0, 0), "white": (255, 255, 255)}
_CLOCK = 90_000
# Encoders that take no finer clock than one tick a frame.
_OWN_CLOCK = ("mpeg4", "gif", "mpeg2video")


def numbered(number: int, width: int = WIDTH, height: int = HEIGHT) -> Image:
    """An image whose corners tell which way up it is and whose middle band holds a number below 256 in black and white blocks."""
    image = np.full((height, width, 3), 90, np.uint8)
    half_w, third = width // 2, height // 3
    for (rows, columns), colour in zip(
        (
            (slice(0, third), slice(0, half_w)),
            (slice(0, third), slice(half_w, None)),
            (slice(-third, None), slice(0, half_w)),
            (slice(-third, None), slice(half_w, None)),
        ),
        CORNERS.values(),
        strict=True,
    ):
        image[rows, columns] = colour
    for bit in range(_BITS):
        image[third : height - third, bit * width // _BITS : (bit + 1) * width // _BITS] = 255 if number >> bit & 1 else 0
    return image


def furnished_wall(width: int, height: int) -> Image:
    """A wall with boxes of any colour on it: corners for a camera that moves."""
    random = np.random.default_rng(3)
    wall = np.full((height, width, 3), 140, np.uint8)
    count = width * height // 7000
    for x, y, w, h in zip(random.integers(0, width, count), random.integers(0, height, count), *random.integers(15, 80, (2, count)), strict=True):
        cv2.rectangle(wall, (int(x), int(y)), (int(x + w), int(y + h)), tuple(random.uniform(0, 255, 3)), -1)
    return wall


def number_in(image: Image) -> int:
    """The number that `numbered` drew."""
    height, width = image.shape[:2]
    row = image[height // 2].mean(axis=1)
    return sum(1 << bit for bit in range(_BITS) if row[int((bit + 0.5) * width / _BITS)] > 128)


def corners_of(image: Image) -> list[str]:
    """The colours of the corners, from top left row by row."""
    height, width = image.shape[:2]
    names = []
    for y, x in ((0.1, 0.1), (0.1, 0.9), (0.9, 0.1), (0.9, 0.9)):
        pixel = image[int(y * height), int(x * width)].astype(int)
        names.append(min(CORNERS, key=lambda name: int(np.abs(pixel - CORNERS[name]).sum())))
    return names


def make_clip(
    path: Path,
    times_s: Sequence[float],
    *,
    width: int = WIDTH,
    height: int = HEIGHT,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: dict[str, str] | None = None,
    container_format: str | None = None,
    noise: bool = False,
    images: Sequence[Image] | None = None,
    index_first: bool = True,
    aspect: Fraction | None = None,
) -> Path:
    """Write a clip with one numbered frame (or image) at each of the times; an MP4's index comes first or, as a phone writes it, last."""
    rng = np.random.default_rng(0)
    steps = np.diff(times_s)
    rate = round(1 / float(np.median(steps))) if len(steps) else 30
    is_mp4 = path.suffix in (".mp4", ".mov")
    with av.open(
        str(path.absolute()), "w", format=container_format, options={"movflags": "faststart"} if is_mp4 and index_first else {}
    ) as container:
        clock = Fraction(1, rate) if codec in _OWN_CLOCK or path.suffix == ".avi" else Fraction(1, _CLOCK)
        stream = container.add_stream(codec, rate=rate, options=options or {})
        stream.width, stream.height, stream.pix_fmt = width, height, pix_fmt
        stream.time_base = stream.codec_context.time_base = clock
        if aspect is not None:
            stream.codec_context.sample_aspect_ratio = aspect
        for index, time_s in enumerate(times_s):
            image = images[index] if images is not None else numbered(index % 256, width, height)
            if noise:
                image = image.copy()
                image[: height // 3] = rng.integers(0, 256, image[: height // 3].shape, dtype=np.uint8)
            frame = av.VideoFrame.from_ndarray(image, format="rgba" if image.shape[2] == 4 else "bgr24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = round(time_s / clock), clock
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def steady(count: int, fps: float) -> list[float]:
    """`count` times at a constant rate."""
    return [index / fps for index in range(count)]


def turn(path: Path, degrees: int) -> Path:
    """Set the rotation in an MP4's track header, as phones do, by which a player turns the image clockwise."""
    cosine, sine = {0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)}[degrees]
    matrix = struct.pack(">9i", cosine << 16, sine << 16, 0, -sine << 16, cosine << 16, 0, 0, 0, 1 << 30)
    data = bytearray(path.read_bytes())
    at = data.find(b"tkhd") + 4
    assert data[at] == 0, "a version 0 track header"
    data[at + 40 : at + 76] = matrix
    path.write_bytes(data)
    return path


def trim_by_edit_list(path: Path, skip_s: float, track_timescale: int) -> Path:
    """Let an MP4's edit list begin later, as a phone's trim function does: frames before it stay in the file, unshown."""
    data = bytearray(path.read_bytes())
    at = data.find(b"elst") + 4
    assert data[at] == 0
    assert struct.unpack_from(">I", data, at + 4)[0] == 1, "a single edit"
    duration, media_time = struct.unpack_from(">Ii", data, at + 8)
    struct.pack_into(">Ii", data, at + 8, duration - round(skip_s * 1000), media_time + round(skip_s * track_timescale))
    path.write_bytes(data)
    return path


def restamp(path: Path, target: Path, times_s: Sequence[float]) -> Path:
    """Write a clip's frames, stored in the order shown, with other times: encoders refuse some that files do hold."""
    with av.open(str(path)) as source, av.open(str(target), "w") as container:
        stream = container.add_stream_from_template(source.streams.video[0])
        packets = [packet for packet in source.demux(source.streams.video[0]) if packet.size]
        for packet, time_s in zip(packets, times_s, strict=True):
            packet.pts = packet.dts = round(time_s / packet.time_base)
            packet.stream = stream
            container.mux(packet)
    return target


def packet_places(path: Path) -> list[tuple[int, int]]:
    """Offset and size in the file of each packet of the video."""
    with av.open(str(path)) as container:
        return [(packet.pos, packet.size) for packet in container.demux(video=0) if packet.size and packet.pos is not None]


def wipe_packet(path: Path, number: int) -> Path:
    """Overwrite one packet of the video with zeros, so that its frame cannot be decoded."""
    offset, size = packet_places(path)[number]
    data = bytearray(path.read_bytes())
    data[offset : offset + size] = bytes(size)
    path.write_bytes(data)
    return path


def flip_bytes(path: Path, every: int) -> Path:
    """Invert every so many bytes of the compressed pictures, the first frame's aside."""
    places = packet_places(path)
    data = bytearray(path.read_bytes())
    for at in range(places[1][0], sum(places[-1]), every):
        data[at] ^= 0xFF
    path.write_bytes(data)
    return path


def cut_file(path: Path, share: float) -> Path:
    """Keep the first part of a file."""
    data = path.read_bytes()
    path.write_bytes(data[: int(share * len(data))])
    return path


def make_sound(path: Path, seconds: float = 1.0, codec: str = "aac") -> Path:
    """Write a file that holds a tone and no picture."""
    rate = 44_100
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=rate)
        samples = (0.2 * np.sin(2 * np.pi * 440 * np.arange(int(seconds * rate)) / rate)).astype(np.float32)
        for start in range(0, len(samples), 1024):
            frame = av.AudioFrame.from_ndarray(samples[None, start : start + 1024], format="fltp", layout="mono")
            frame.sample_rate, frame.pts = rate, start
            for packet in stream.encode(frame):
                container.mux(packet)
        for packet in stream.encode(None):
            container.mux(packet)
    return path


def make_picture(path: Path) -> Path:
    """Write a still picture, of the kind its suffix says."""
    cv2.imwrite(str(path), numbered(0))
    return path


def make_pipe(path: Path) -> Path:
    """Make a pipe nobody writes to."""
    os.mkfifo(path)
    return path


def make_folder(path: Path) -> Path:
    """Make an empty folder."""
    path.mkdir()
    return path
