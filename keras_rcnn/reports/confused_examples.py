"""Pictures of regions that were labeled as another class."""

import heapq
from collections.abc import Mapping
from typing import Any

import numpy as np

from keras_rcnn.errors import missing_extra
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.reports.page_picture import encode_picture

try:
    from scipy import ndimage
except ModuleNotFoundError as error:
    raise missing_extra("The analysis of errors", "reports") from error

_SIDE = 240
_MIN_SIDE = 96
_WHITE, _BLACK = 255, 0


class ConfusedExamples:
    """Keeps the largest regions that were labeled as another class.

    They are kept as compressed pictures of a few kilobytes, at most one from
    each photo and pair of classes.

    Args:
        num_examples: number of pictures to keep of each pair of classes.
    """

    def __init__(self, num_examples: int) -> None:
        self.num_examples = num_examples
        self._largest: dict[tuple[int, int], list[tuple[int, str, bytes]]] = {}

    def add(self, example: Mapping[str, Any], labels: np.ndarray) -> None:
        """Looks for large regions in a photo.

        Args:
            example: a photo of a `SceneDataset`.
            labels: uint8 `(height, width)`, labels of the model.
        """
        image, truth = example["image"], example["label"]
        wrong = (truth != IGNORE_LABEL) & (truth != labels)
        pairs, counts = np.unique(
            np.stack([truth[wrong], labels[wrong]]), axis=1, return_counts=True
        )
        for (true, given), count in zip(
            pairs.T.tolist(), counts.tolist(), strict=True
        ):
            heap = self._largest.setdefault((true, given), [])
            # No region has more pixels than all regions together.
            if not self._beats(heap, count):
                continue
            region = largest_region((truth == true) & (labels == given))
            pixels = int(region.sum())
            if self._beats(heap, pixels):
                crop = outlined_crop(image, region)
                picture = encode_picture(crop, _SIDE, is_photo=True)
                name = example["name"].decode()
                heapq.heappush(heap, (pixels, name, picture))
                if len(heap) > self.num_examples:
                    heapq.heappop(heap)

    def largest(self, true: int, given: int) -> list[tuple[int, str, bytes]]:
        """The largest regions, the largest first.

        Args:
            true: true class.
            given: class that the region was labeled as.

        Returns:
            Number of pixels, name of the photo and JPEG file of each.
        """
        return sorted(self._largest.get((true, given), ()), reverse=True)

    def _beats(self, heap: list[tuple[int, str, bytes]], pixels: int) -> bool:
        if len(heap) < self.num_examples:
            return True
        return bool(heap) and pixels > heap[0][0]


def largest_region(mask: np.ndarray) -> np.ndarray:
    """The largest connected part; connected pixels share a side.

    Args:
        mask: bool `(height, width)`, not empty.

    Returns:
        bool `(height, width)`.

    >>> largest_region(np.array([[1, 0, 1, 1]], bool)).tolist()
    [[False, False, True, True]]
    """
    parts, _ = ndimage.label(mask)
    sizes = np.bincount(parts[mask])
    return parts == sizes.argmax()


def outlined_crop(image: np.ndarray, region: np.ndarray) -> np.ndarray:
    """The surroundings of a region, which has a white and a black outline.

    Args:
        image: uint8 `(height, width, 3)`.
        region: bool `(height, width)`, not empty.

    Returns:
        uint8 `(rows, columns, 3)`: a square of at least twice the size of the
        region, cut where the photo ends.
    """
    inner = ndimage.binary_dilation(region)
    outer = ndimage.binary_dilation(inner)
    outlined = image.copy()
    outlined[outer & ~inner] = _BLACK
    outlined[inner & ~region] = _WHITE
    rows, columns = (np.flatnonzero(region.any(axis=axis)) for axis in (1, 0))
    extent = 1 + max(int(np.ptp(rows)), int(np.ptp(columns)))
    side = max(_MIN_SIDE, 2 * extent)
    height, width = region.shape
    return outlined[
        _surroundings(rows, side, height), _surroundings(columns, side, width)
    ]


def _surroundings(places: np.ndarray, side: int, size: int) -> slice:
    """A slice of a given length around the middle of the places."""
    side = min(side, size)
    middle = (int(places[0]) + int(places[-1]) + 1) // 2
    start = min(max(0, middle - side // 2), size - side)
    return slice(start, start + side)
