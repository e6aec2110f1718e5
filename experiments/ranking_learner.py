"""A small network that learns again and again, in one graph."""

from collections.abc import Sequence

import keras
import numpy as np

from keras_rcnn import RecurrentPyramid, SceneLabeler
from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.evaluation import evaluate
from keras_rcnn.io.classes_file import default_palette
from keras_rcnn.labeling import UncertaintyEstimator
from keras_rcnn.models.presets import PyramidPreset

_BATCH = 8
_CROP = 120, 160

Photo = tuple[np.ndarray, np.ndarray]


class Learner:
    """A recurrent pyramid of 55,000 weights.

    Args:
        class_names: of the photos.
    """

    def __init__(self, class_names: Sequence[str]) -> None:
        self._class_names = tuple(class_names)
        self.model = self._fresh(0)
        self.model.compile("muon")
        self.model.optimizer.build(self.model.trainable_variables)
        self._optimizer = [
            variable.numpy() for variable in self.model.optimizer.variables
        ]
        # They see the weights as they are when they are called.
        self._labeler = SceneLabeler(self.model, precision="float32")
        self.estimator = UncertaintyEstimator(self._labeler)

    def learn(self, photos: Sequence[Photo], seed: int, steps: int) -> None:
        """Learns from photos and labels, from fresh weights."""
        self.model.set_weights(self._fresh(seed).get_weights())
        for variable, value in zip(
            self.model.optimizer.variables, self._optimizer, strict=True
        ):
            variable.assign(value)
        times = -(-steps * _BATCH // len(photos))
        batches = (
            self._dataset(photos)
            .repeat(times)
            .batches(_BATCH, _CROP, flip=True, seed=seed)
        )
        self.model.fit(batches.take(steps), verbose=0)

    def scores(self, photos: Sequence[Photo]) -> dict[str, float]:
        """Accuracy of all pixels, and its mean over the classes."""
        dataset = self._dataset(photos)
        matrix = evaluate(self._labeler, dataset, progress=False).matrix
        return {
            "pixel_accuracy": matrix.pixel_accuracy,
            "class_accuracy": matrix.class_accuracy,
        }

    def _fresh(self, seed: int) -> RecurrentPyramid:
        keras.utils.set_random_seed(seed)
        names = self._class_names
        return RecurrentPyramid.from_entry(
            PyramidPreset(width=24), len(names), class_names=names
        )

    def _dataset(self, photos: Sequence[Photo]) -> SceneDataset:
        images, labels = zip(*photos, strict=True)
        names = [str(number) for number in range(len(photos))]
        examples = examples_in_memory(images, labels, names)
        palette = default_palette(len(self._class_names))
        return SceneDataset(
            "pool", self._class_names, palette, examples, len(photos)
        )
