"""Scenes put together in 2D from the rendered lifters: second people, moving cameras, captions, cuts, clothes and light."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import cv2
import numpy as np
from numpy.typing import NDArray

from hinge_vision.pose.landmarker import Landmarker
from hinge_vision.pose.model import default_model_path
from tests.made_clips import Image
from tests.robustness.matrix import plain_images, plain_report

WALL = (196, 203, 206)
Mask = NDArray[np.float32]


@cache
def cut_out(clip: str, number: int) -> tuple[Image, Mask]:
    """One picture of a sample clip and the mask, 0 to 1, of the lifter in it."""
    image = plain_images(clip)[number]
    with Landmarker(default_model_path()) as landmarker:
        mask = landmarker.find(image)[0].mask
    assert mask is not None
    grown = cv2.dilate((mask > 0.4).astype(np.float32), np.ones((5, 5), np.uint8))
    return image, np.asarray(cv2.GaussianBlur(grown, (3, 3), 0), np.float32)


def scaled(figure: tuple[Image, Mask], size: float, mirrored: bool = False) -> tuple[Image, Mask]:
    """The cut-out figure made smaller or larger, or turned to face the other way."""
    image, mask = (cv2.resize(layer, None, fx=size, fy=size, interpolation=cv2.INTER_AREA) for layer in figure)
    if mirrored:
        image, mask = image[:, ::-1], mask[:, ::-1]
    return np.asarray(image, np.uint8), np.asarray(mask, np.float32)


def pasted(image: Image, figure: tuple[Image, Mask], x: int, y: int) -> Image:
    """Put a cut-out figure into a picture, its corner at x, y; what lies outside is cut off."""
    layer, mask = figure
    out = image.copy()
    x0, y0, x1, y1 = max(x, 0), max(y, 0), min(x + layer.shape[1], image.shape[1]), min(y + layer.shape[0], image.shape[0])
    if x0 >= x1 or y0 >= y1:
        return out
    part, share = layer[y0 - y : y1 - y, x0 - x : x1 - x], mask[y0 - y : y1 - y, x0 - x : x1 - x, None]
    out[y0:y1, x0:x1] = (share * part + (1 - share) * out[y0:y1, x0:x1]).astype(np.uint8)
    return out


def widened(images: Sequence[Image], left: int, right: int) -> list[Image]:
    """More wall and floor to either side."""
    return [np.asarray(cv2.copyMakeBorder(image, 0, 0, left, right, cv2.BORDER_REPLICATE), np.uint8) for image in images]


def moved(images: Sequence[Image], way: Callable[[float], tuple[float, float, float, float]]) -> list[Image]:
    """Film the scene with a camera that moves: `way(t)`, t from 0 to 1, gives shift right and down in px, turn in degrees, and zoom."""
    out = []
    for number, image in enumerate(images):
        dx, dy, turn_deg, zoom = way(number / max(1, len(images) - 1))
        height, width = image.shape[:2]
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), turn_deg, zoom)
        matrix[:, 2] += dx, dy
        out.append(np.asarray(cv2.warpAffine(image, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE), np.uint8))
    return out


def captioned(images: Sequence[Image], lines: Sequence[tuple[str, int, int]]) -> list[Image]:
    """Write lines of large white text with black rims at places."""
    out = []
    for image in images:
        image = image.copy()
        for text, x, y in lines:
            cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, 1.3, (0, 0, 0), 8, cv2.LINE_AA)
            cv2.putText(image, text, (x, y), cv2.FONT_HERSHEY_DUPLEX, 1.3, (255, 255, 255), 2, cv2.LINE_AA)
        out.append(image)
    return out


def with_posts(images: Sequence[Image]) -> list[Image]:
    """Three upright posts on the wall to either side of the lifter."""
    out = []
    for image in images:
        image = image.copy()
        height, width = image.shape[:2]
        for share in (0.06, 0.14, 0.93):
            x = int(share * width)
            cv2.rectangle(image, (x, int(0.08 * height)), (x + 9, int(0.8 * height)), (70, 60, 50), -1)
        out.append(image)
    return out


def faded(images: Sequence[Image], first: int, last: int) -> list[Image]:
    """From black at the beginning and to black at the end, over so many pictures."""
    count = len(images)
    return [(image * min(1.0, number / max(1, first), (count - 1 - number) / max(1, last))).astype(np.uint8) for number, image in enumerate(images)]


def dimmed(images: Sequence[Image], light: float, noise: float) -> list[Image]:
    """A dark room and a sensor's noise."""
    rng = np.random.default_rng(1)
    return [np.clip(image * light + rng.normal(0, noise, image.shape), 0, 255).astype(np.uint8) for image in images]


def blurred(images: Sequence[Image], exposure: int) -> list[Image]:
    """Each picture is the mean of so many: the shutter stays open while the lifter moves on."""
    return [np.mean(images[number : number + exposure], axis=0).astype(np.uint8) for number in range(len(images) - exposure + 1)]


def shirt_like_wall(images: Sequence[Image], share: float) -> list[Image]:
    """Take the blue shirt's colour towards the wall's by a share, its light and shade kept."""
    out = []
    for image in images:
        hsv = cv2.cvtColor(image, cv2.COLOR_BGR2HSV).astype(int)
        shirt = ((hsv[..., 0] > 100) & (hsv[..., 0] < 125) & (hsv[..., 1] > 100)).astype(np.float32)
        shirt = cv2.GaussianBlur(shirt, (3, 3), 0)[..., None] * share
        shade = image.max(axis=2, keepdims=True) / 200.0
        out.append(np.clip(shirt * shade * np.array(WALL) + (1 - shirt) * image, 0, 255).astype(np.uint8))
    return out


def landmarks_at(number: int) -> NDArray[np.float64]:
    """The plain clip's landmarks, (33, 2) px, at one of its pictures."""
    track = plain_report().track
    assert track is not None
    time_s = number / 30.0
    return np.array([[np.interp(time_s, track.time_s, track.landmarks[:, joint, axis]) for axis in (0, 1)] for joint in range(33)])


def with_plate(images: Sequence[Image], radius_px: int, joints: tuple[int, int] = (15, 16)) -> list[Image]:
    """A black plate that hides what lies behind the hands: the hip in standing, the knee half way, the shin at depth."""
    out = []
    for number, image in enumerate(images):
        image = image.copy()
        centre = landmarks_at(number)[list(joints)].mean(axis=0).astype(int)
        cv2.circle(image, centre.tolist(), radius_px, (25, 25, 28), -1, cv2.LINE_AA)
        cv2.circle(image, centre.tolist(), radius_px * 2 // 3, (45, 45, 48), 3, cv2.LINE_AA)
        out.append(image)
    return out


def with_rod(clip: str, images: Sequence[Image], width_px: int = 9) -> list[Image]:
    """A straight broomstick held along the back: it touches the back's outline from behind and sticks out above and below."""
    from hinge_vision import Settings, analyze
    from tests.conftest import SAMPLES

    report = analyze(SAMPLES / f"{clip}.mp4", Settings(analysis_rate_hz=15))
    assert report.motion is not None
    rods = report.motion.dowel.rod_px.reshape(-1, 4)
    known = np.isfinite(rods).all(axis=1)
    out = []
    for number, image in enumerate(images):
        rod = np.array([np.interp(number / 30.0, report.motion.time_s[known], column[known]) for column in rods.T]).reshape(2, 2)
        along = (rod[1] - rod[0]) / np.linalg.norm(rod[1] - rod[0])
        rear = np.array([-along[1], along[0]]) * (1 if report.facing == "right" else -1)
        ends = np.stack([rod[0] - 0.06 * image.shape[0] * along, rod[1] + 0.04 * image.shape[0] * along]) + rear * width_px / 2
        image = image.copy()
        cv2.line(image, *[end.astype(int).tolist() for end in ends], (60, 110, 165), width_px, cv2.LINE_AA)
        out.append(image)
    return out
