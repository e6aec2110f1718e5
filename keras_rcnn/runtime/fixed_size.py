"""Photos of any size for a labeler of photos of one size."""

from collections.abc import Callable

import numpy as np
from PIL import Image

from keras_rcnn.io.images import resize_labels


def label_at_size(
    label: Callable[[np.ndarray], np.ndarray],
    photo: np.ndarray,
    size: tuple[int, int] | None,
) -> np.ndarray:
    """Labels a photo scaled to a size, whatever its shape, as phones do.

    Args:
        label: gives labels, uint8 `(height, width)`, of photos of that size.
        photo: uint8 `(height, width, 3)`.
        size: height and width; None to leave the photo as it is.

    Returns:
        Labels at the photo's own size, uint8 `(height, width)`.
    """
    height, width, _ = photo.shape
    if size in (None, (height, width)):
        return label(photo)
    rows, columns = size
    scaled = Image.fromarray(photo).resize(
        (columns, rows), Image.Resampling.BILINEAR
    )
    return resize_labels(label(np.asarray(scaled)), height, width)
