"""Labels from several views of a photo."""

from collections.abc import Iterator, Sequence

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.average_labeler import AverageLabeler
from keras_rcnn.labeling.labeler import Labeler
from keras_rcnn.labeling.resizing import resize_smoothly

# These scales, each with its mirror image, are the six views of the tables.
SIX_VIEWS = (0.9, 1.0, 1.1)


class TestTimeAugmentation(AverageLabeler):
    """Averages the probabilities of a photo over scales and mirror images.

    It is more accurate than one view, and takes as many times longer as there
    are views. It is not part of the paper's network: report its scores
    separately.

    Args:
        labeler: labels each view; it must give probabilities.
        scales: magnifications of the photo.
        flip: whether to add the mirror image (left to right) at each scale.

    Call arguments, input and output shape: see `Labeler`.

    Raises:
        InputError: if there is no scale, or one is not positive.
    """

    def __init__(
        self,
        labeler: Labeler,
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
        self.class_names = labeler.class_names
        self.palette = labeler.palette
        self.num_instances = labeler.num_instances
        self.output_resolution = labeler.output_resolution
        self.smoothing = labeler.smoothing

    def _predictions(self, photos: np.ndarray) -> Iterator[np.ndarray]:
        size = np.array(photos.shape[1:3])
        predict = self.labeler.predict_proba
        for scale in self.scales:
            scaled = _resize(photos, np.maximum(1, np.rint(scale * size)))
            pixels = np.rint(scaled).astype(np.uint8)
            yield _resize(predict(pixels), size)
            if self.flip:
                mirrored = predict(pixels[:, :, ::-1])
                yield _resize(mirrored[:, :, ::-1], size)


def _resize(planes: np.ndarray, size: np.ndarray) -> np.ndarray:
    if planes.shape[1:3] == tuple(size):
        return planes
    return resize_smoothly(planes, *size.astype(int))
