"""Pictures of pixels that were taken for another class."""

import heapq
from collections.abc import Mapping
from typing import Any

import numpy as np
from scipy import ndimage

from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.reports import outlined_crop
from keras_rcnn.reports.html_report import encode_picture

_SIDE = 240


class ConfusedExamples:
    """Keeps the largest regions that were taken for another class.

    As compressed pictures of a few kilobytes, one from each photo at most.

    Args:
        num_examples: pictures to keep of each pair of classes.
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
            # No region is larger than all of them together.
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
        """Pixels, photo and picture of the largest regions, largest first."""
        return sorted(self._largest.get((true, given), ()), reverse=True)

    def _beats(self, heap: list[tuple[int, str, bytes]], pixels: int) -> bool:
        if len(heap) < self.num_examples:
            return True
        return bool(heap) and pixels > heap[0][0]


def largest_region(mask: np.ndarray) -> np.ndarray:
    """The largest part that hangs together, by pixels that share a side.

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
