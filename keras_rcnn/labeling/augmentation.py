"""Labels from several views of a photo."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.scene_labeler import SceneLabeler

# Magnifications that, mirrored as well, are the six views of the tables.
SIX_VIEWS = (0.9, 1.0, 1.1)


class TestTimeAugmentation:
    """Averages the probabilities of a photo, its mirror image and its scales.

    More accurate than one view and as many times slower. No part of the
    paper's network: report its scores apart.

    Args:
        labeler: labels each view.
        scales: magnifications of the photo.
        flip: whether each is mirrored left to right as well.

    Call arguments:
        images: uint8.
        return_probabilities: whether to give these too, float32
            `(batch, height, width, num_classes)`.

    Input shape:
        `(batch, height, width, 3)`.

    Output shape:
        uint8 `(batch, height, width)`.

    Raises:
        InputError: if there is no scale, or one is not positive.
    """

    def __init__(
        self,
        labeler: SceneLabeler,
        scales: Sequence[float] = (1.0,),
        flip: bool = True,
    ) -> None:
        if not scales or min(scales) <= 0:
            raise InputError(
                f"Scales {list(scales)}: give one or more, all above 0."
            )
        self.labeler = labeler
        self.scales = tuple(scales)
        self.flip = flip

    def __call__(
        self, images: np.ndarray, return_probabilities: bool = False
    ) -> Any:
        """Labels photos."""
        size = np.array(images.shape[1:3])
        views = []
        for scale in self.scales:
            scaled = _resize(images, np.maximum(1, np.rint(scale * size)))
            pixels = np.rint(scaled).astype(np.uint8)
            views.append(_resize(self._probabilities(pixels), size))
            if self.flip:
                mirrored = self._probabilities(pixels[:, :, ::-1])
                views.append(_resize(mirrored[:, :, ::-1], size))
        probabilities = np.mean(views, axis=0)
        labels = np.argmax(probabilities, axis=-1).astype(np.uint8)
        return (labels, probabilities) if return_probabilities else labels

    def _probabilities(self, images: np.ndarray) -> np.ndarray:
        return self.labeler(images, return_probabilities=True)[1]


def _resize(planes: np.ndarray, size: np.ndarray) -> np.ndarray:
    if planes.shape[1:3] == tuple(size):
        return planes
    size = size.astype(np.int32)
    return tf.image.resize(planes, size, antialias=True).numpy()
