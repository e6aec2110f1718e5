"""The rules that choose the settings of a training.

`docs/own_photos.md` has them as a table.
"""

import re
from collections.abc import Iterable
from typing import Any, NamedTuple

from keras_rcnn.io.images import scaled_size
from keras_rcnn.models.presets import PYRAMIDS
from keras_rcnn.training.planning.fingerprints import Fingerprint


class SideRule(NamedTuple):
    """Which longest side shows the regions well enough.

    Args:
        smallest: side below which photos are not scaled down.
        enough: least fraction of the pixels, and of those of a class on
            average, that squares of 4x4 pixels have to hold, see
            `Fingerprint.perfect`.
    """

    smallest: int
    enough: tuple[float, float]


USUAL = SideRule(320, (0.98, 0.95))
# Few steps teach more about small photos, which show less.
SHORT = SideRule(160, (0.95, 0.90))
_STEPS_OF_USUAL = 600
# How often each pixel has to be in a crop before a larger side pays.
_PASSES = 3
# A crop is most of a photo. The total stride of a pyramid divides its sides.
_CROP_PART, _TOTAL_STRIDE = 0.8, 32
_LARGEST_CROP = 192, 256
# Time of a step of each preset, relative to `pyramid`: medians of 6 steps of
# 8 crops of 192x256 pixels, processor time, AMD EPYC, two cores, 2026-11-28.
COST = {"pyramid_small": 0.8, "pyramid": 1.0, "pyramid_large": 1.6}
_STEPS_OF_LARGE = 20_000
_RARE = 0.01
_OFTEN = 100
_FEW_PHOTOS = 50
_MAX_STEPS_PER_EPOCH = 200


class Choice(NamedTuple):
    """A value, and why it is chosen."""

    value: Any
    reason: str


def choose_side(
    photos: Fingerprint, steps: int | None, pixels_seen: float | None
) -> Choice:
    """The smallest longest side that shows the regions well enough.

    Args:
        photos: to train on.
        steps: of the training; None if unknown.
        pixels_seen: pixels of all crops of the training; None if unknown.
    """
    is_short = steps is not None and steps < _STEPS_OF_USUAL
    smallest, least = SHORT if is_short else USUAL
    own = max(photos.perfect)
    sides = sorted(s for s in photos.perfect if s >= smallest) or [own]
    enough = [s for s in sides if _is_enough(photos.perfect[s], least)]
    wanted = side = min(enough, default=own)
    if pixels_seen is not None:
        seen = [s for s in sides if _passes(photos, s, pixels_seen) >= _PASSES]
        side = min(wanted, max(seen, default=sides[0]))
    held = _described(photos.perfect[side])
    if side < wanted:
        return Choice(side, f"no time for {wanted}; {held}")
    if side == own:
        reason = "the photos' own" if enough else "the largest, for small parts"
        return Choice(side, f"{reason}; {held}")
    few = f"for {steps:,} steps " if is_short else ""
    return Choice(side, f"enough {few}as {held}")


def _is_enough(scores: tuple[float, float], least: tuple[float, float]) -> bool:
    return all(a >= b for a, b in zip(scores, least, strict=True))


def _described(scores: tuple[float, float]) -> str:
    pixels, classes = (f"{100 * score:.1f} %" for score in scores)
    return f"4x4 squares hold {pixels} of the pixels, {classes} by class"


def _passes(photos: Fingerprint, side: int, pixels_seen: float) -> float:
    height, width = scaled_size(*photos.size, side)
    return pixels_seen / (photos.num_photos * height * width)


def choose_crop(photos: Fingerprint, side: int, preset: str) -> Choice:
    """Most of a photo, up to the crops that the recipe was made for."""
    if preset not in PYRAMIDS:
        return Choice(None, f"the recipe of {preset} decides")
    height, width = scaled_size(*photos.size, side)
    most = _LARGEST_CROP if height <= width else _LARGEST_CROP[::-1]
    crop = tuple(
        min(
            limit,
            max(1, int(_CROP_PART * size / _TOTAL_STRIDE)) * _TOTAL_STRIDE,
        )
        for limit, size in zip(most, (height, width), strict=True)
    )
    what = "most of a photo" if crop != most else "what the recipe was made for"
    return Choice(crop, f"{what}, of {height}x{width} pixels")


def choose_batch(crop: tuple[int, int] | None) -> Choice:
    """Eight crops, also of small photos: more steps teach more."""
    if crop is None:
        return Choice(None, "the recipe decides")
    return Choice(8, "what the recipe was made for")


def relative_time(
    crop: tuple[int, int] | None, batch_size: int | None
) -> float:
    """About how long a step takes, relative to 8 crops of 192x256 pixels.

    Measured for 16 crops of 96x128 pixels: 0.7, as for `COST`.
    """
    if not crop or not batch_size:
        return 1.0
    usual = 8 * _LARGEST_CROP[0] * _LARGEST_CROP[1]
    return 0.4 + 0.6 * batch_size * crop[0] * crop[1] / usual


def choose_preset(usual_steps: float) -> Choice:
    """A wider network if there is time for many steps.

    Args:
        usual_steps: steps of `pyramid` in the time that there is.
    """
    steps = f"{usual_steps:,.0f} steps of pyramid"
    if usual_steps >= _STEPS_OF_LARGE:
        return Choice("pyramid_large", f"{steps} are many, it can learn more")
    return Choice("pyramid", f"{steps}; it learns faster than rcnn2")


def choose_balance(photos: Fingerprint) -> Choice:
    """A little more weight for rare classes."""
    present = {name: share for name, share in photos.shares.items() if share}
    if len(present) < 2:
        return Choice(0.0, "fewer than two classes have pixels")
    rarest = min(present, key=present.__getitem__)
    share = f"{rarest} has {100 * present[rarest]:.2g} % of the labeled pixels"
    if present[rarest] >= _RARE:
        return Choice(0.0, f"no class is rare: {share}")
    return Choice(0.1, f"{share}: rare classes count a little more")


def choose_scales(views: float) -> Choice:
    """More change of size if each photo comes often.

    Args:
        views: crops of the training for each photo.
    """
    crops = f"{views:,.0f} crops of each photo"
    if views >= _OFTEN:
        return Choice((0.6, 1.6), f"{crops}: more change")
    return Choice((0.75, 1.33), f"{crops}: little change is enough")


def choose_flip(class_names: Iterable[str]) -> Choice:
    """Mirrors photos unless a class is on one side by its name."""
    for name in class_names:
        if re.search(r"(?<![a-z])(left|right)(?![a-z])", name.lower()):
            return Choice(False, f"{name} would become its opposite")
    return Choice(True, "no class has left or right in its name")


def choose_validation(photos: Fingerprint, steps: int) -> Choice:
    """A tenth of the photos, if that is more than a handful."""
    if photos.num_photos < _FEW_PHOTOS:
        few = f"{photos.num_photos} photos"
    elif steps < _STEPS_OF_USUAL:
        few = f"{steps:,} steps"
    else:
        return Choice(0.1, "chooses the best weights; a tenth does not train")
    return Choice(0.0, f"{few} are few: all photos train, last weights")


def choose_epoch(steps: int) -> Choice:
    """Ten validations or more."""
    value = max(1, min(_MAX_STEPS_PER_EPOCH, steps // 10))
    return Choice(value, "steps from one validation to the next")
