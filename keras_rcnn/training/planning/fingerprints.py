"""What a folder of labeled photos is like, in a few numbers."""

import dataclasses
import pathlib
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

from keras_rcnn.datasets.folder import (
    folder_layout,
    photos_of_split,
    spread,
)
from keras_rcnn.datasets.regions import connected_regions
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import resize_labels, scaled_size
from keras_rcnn.layers.pyramid_geometry import FINEST_STRIDE

SIDES = (160, 320, 480, 640, 960, 1280)
"""Sides for which `Fingerprint.perfect` has scores, if photos are larger."""
MAX_MEASURED = 100
_SIDE_OF_REGIONS = 320
_SMALLEST_REGION = 16  # pixels at that side; less is a slip of the hand


@dataclasses.dataclass(frozen=True)
class Fingerprint:
    """Sizes of photos and regions, and fractions of the classes.

    Args:
        num_photos: number of photos to train on.
        num_measured: number of photos that the other values were measured on,
            evenly spread.
        size: median height and median width in pixels.
        longest_sides: smallest, median and largest longest side in pixels.
        labeled: fraction of the pixels whose class is known.
        shares: fraction of each class among them.
        region_sizes: side of the square with the area of a connected region,
            relative to the longest side of the photo. Half of the pixels of
            the class are in regions of at least this size. Classes without a
            region are missing.
        perfect: for longest sides in pixels, up to that of the photos, the
            pixel and the class accuracy of a network that makes no mistake,
            but has one label for 4x4 pixels of the photo scaled down.
    """

    num_photos: int
    num_measured: int
    size: tuple[int, int]
    longest_sides: tuple[int, int, int]
    labeled: float
    shares: dict[str, float]
    region_sizes: dict[str, float]
    perfect: dict[int, tuple[float, float]]


def folder_fingerprint(
    folder: str | pathlib.Path,
    split: str = "train",
    ignore_label: Sequence[int] = (),
    group_by: str | None = None,
    bands: Sequence[int] = (),
    value_range: Sequence[float] = (),
) -> Fingerprint:
    """The fingerprint of a folder; only masks are read, at most 100.

    Args: as for `load_folder`.

    Raises:
        InputError: as `load_folder`.
    """
    folder = pathlib.Path(folder).expanduser()
    layout = folder_layout(folder, ignore_label, group_by, bands, value_range)
    if layout.problems:
        raise InputError(layout.problems[0])
    photos = photos_of_split(layout, split)
    labels = map(layout.read_mask, spread(photos, MAX_MEASURED))
    return measure_labels(labels, layout.class_names, len(photos))


def measure_labels(
    labels: Iterable[np.ndarray], class_names: Sequence[str], num_photos: int
) -> Fingerprint:
    """The fingerprint of photos with these labels.

    Args:
        labels: uint8 `(height, width)` of some of the photos.
        class_names: one for each label.
        num_photos: number of photos.

    Raises:
        InputError: if no pixel is labeled.
    """
    sizes, regions, unknown, pixels = [], [], 0, np.zeros(len(class_names))
    hits = {side: np.zeros(len(class_names)) for side in (*SIDES, None)}
    for whole in labels:
        sizes.append(whole.shape)
        label = resize_labels(whole, *_scaled(whole, SIDES[-1]))
        counts = np.bincount(label.ravel(), minlength=256)[: len(class_names)]
        # Large photos count no more than others.
        weight = 1 / label.size
        unknown += 1 - weight * counts.sum()
        pixels += weight * counts
        regions.append(_regions(label, len(class_names)))
        for side, hit in hits.items():
            hit += weight * held_pixels(label, side, len(class_names))
    if not pixels.any():
        raise InputError(
            f"No pixel of {len(sizes)} masks has a class: label some photos."
        )
    height, width = np.median(sizes, axis=0)
    longest = np.max(sizes, axis=1)
    own = min(SIDES[-1], int(np.median(longest)))
    present = pixels > 0
    return Fingerprint(
        num_photos=num_photos,
        num_measured=len(sizes),
        size=(int(height), int(width)),
        longest_sides=(
            int(longest.min()),
            int(np.median(longest)),
            int(longest.max()),
        ),
        labeled=float(1 - unknown / len(sizes)),
        shares=dict(
            zip(class_names, (pixels / pixels.sum()).tolist(), strict=True)
        ),
        region_sizes=_typical_sizes(np.concatenate(regions), class_names),
        perfect={
            side: (
                float(hit.sum() / pixels.sum()),
                float(np.mean(hit[present] / pixels[present])),
            )
            for side, hit in [
                *((s, h) for s, h in hits.items() if s and s < own),
                (own, hits[None]),
            ]
        },
    )


def held_pixels(
    label: np.ndarray, side: int | None, num_classes: int
) -> np.ndarray:
    """How many pixels of each class have the label of their 4x4 pixels.

    Args:
        label: uint8 `(height, width)`.
        side: longest side to which the photo is scaled down before it is cut
            into squares of 4x4 pixels; None for its own size.
        num_classes: other labels are unknown.
    """
    height, width = (
        max(1, round(pixels / FINEST_STRIDE)) for pixels in _scaled(label, side)
    )
    cells = np.zeros((height, width), np.uint8)
    most = np.zeros((height, width), np.float32)
    for each in np.unique(label[label < num_classes]):
        shares = Image.fromarray((label == each).astype(np.float32)).resize(
            (width, height), Image.Resampling.BOX
        )
        more = np.asarray(shares) > most
        cells[more], most[more] = each, np.asarray(shares)[more]
    held = label[resize_labels(cells, *label.shape) == label]
    return np.bincount(held, minlength=num_classes)[:num_classes]


def _scaled(label: np.ndarray, side: int | None) -> tuple[int, int]:
    height, width = label.shape
    return scaled_size(height, width, side)


def _regions(label: np.ndarray, num_classes: int) -> np.ndarray:
    """Class and relative size of each region, float `(regions, 2)`."""
    label = resize_labels(label, *_scaled(label, _SIDE_OF_REGIONS))
    classes, areas = connected_regions(label)
    kept = (classes < num_classes) & (areas >= _SMALLEST_REGION)
    sizes = np.sqrt(areas[kept]) / max(label.shape)
    return np.stack([classes[kept], sizes], axis=1)


def _typical_sizes(
    regions: np.ndarray, class_names: Sequence[str]
) -> dict[str, float]:
    typical = {}
    for label, name in enumerate(class_names):
        sizes = np.sort(regions[regions[:, 0] == label, 1])
        if sizes.size:
            areas = np.cumsum(sizes**2)
            middle = np.searchsorted(areas, areas[-1] / 2)
            typical[name] = float(sizes[middle])
    return typical
