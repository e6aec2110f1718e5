"""Pictures of the photos of a data set, for its page."""

from collections.abc import Sequence

import numpy as np

from keras_rcnn.datasets.checks import CheckedPhoto
from keras_rcnn.reports.color_blind import color_blind_safe
from keras_rcnn.reports.colors import overlay
from keras_rcnn.reports.page_picture import encode_picture

_SIDE = 200


class DatasetPictures:
    """Each photo beside its labels, scaled down.

    Args:
        palette: red, green and blue of each class, as the data set has it.
    """

    def __init__(self, palette: Sequence[tuple[int, int, int]]) -> None:
        self.colors = color_blind_safe(palette)
        """Red, green and blue of each class in the pictures."""
        self.files: list[bytes | None] = []
        """JPEG file of each photo; None if the photo cannot be read."""

    def add(self, photo: CheckedPhoto) -> None:
        """Draws the next photo."""
        if photo.image is None:
            self.files.append(None)
            return
        shown = photo.image
        if photo.label is not None:
            labels = overlay(photo.image, photo.label, self.colors, 0.65)
            height, width, _ = photo.image.shape
            # Side by side or one above the other: the wider one fits a phone.
            shown = np.concatenate([shown, labels], axis=int(height > width))
        self.files.append(encode_picture(shown, 2 * _SIDE, True))
