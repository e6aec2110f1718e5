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
    """Labels a photo that is scaled to a size, whatever its shape.

    Args:
        label: function of a photo of that size that gives its labels,
            `(height, width)`, or probabilities, `(height, width, classes)`.
        photo: uint8 `(height, width, 3)`.
        size: height and width; None leaves the photo as it is.

    Returns:
        Labels or probabilities at the photo's own size; each pixel has those
        of the nearest pixel.
    """
    height, width, _ = photo.shape
    if size in (None, (height, width)):
        return label(photo)
    rows, columns = size
    scaled = Image.fromarray(photo).resize(
        (columns, rows), Image.Resampling.BILINEAR
    )
    result = label(np.asarray(scaled))
    if result.ndim == 2:
        return resize_labels(result, height, width)
    planes = np.moveaxis(result, -1, 0)
    return np.stack(
        [resize_labels(plane, height, width) for plane in planes], axis=-1
    )
