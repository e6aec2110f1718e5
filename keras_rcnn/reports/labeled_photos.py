"""Labeled photos of a training run, where people follow it."""

from collections.abc import Sequence
from typing import Any

import keras

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.reports.panels import instances_strip
from keras_rcnn.training.run_logs.run_log import RunLog


class LabeledPhotos(keras.callbacks.Callback):
    """Shows labels of a few validation photos, by instance.

    Args:
        dataset: data set whose first photos are shown.
        logs: where they are shown.
        num_photos: number of photos to show.
    """

    def __init__(
        self,
        dataset: SceneDataset,
        logs: Sequence[RunLog],
        num_photos: int = 3,
    ) -> None:
        super().__init__()
        self.logs = logs
        self.class_names, self.palette = dataset.class_names, dataset.palette
        self.photos = [
            example["image"]
            for example in dataset.examples.take(num_photos).as_numpy_iterator()
        ]

    def on_train_begin(self, logs: dict[str, Any] | None = None) -> None:
        """Creates a labeler for each instance of the model in training."""
        model = self.model
        self.labelers = [
            SceneLabeler(
                model,
                num_instances=instances,
                # The resolution of the validation, which costs as much.
                output_resolution=model.geometry.output_stride(instances),
                # Another precision would copy the weights as they are now.
                precision=model.dtype_policy.name,
            )
            for instances in range(1, model.num_instances + 1)
        ]

    def on_test_end(self, logs: dict[str, Any] | None = None) -> None:
        """Writes one strip for each photo: the photo and its labels."""
        for index, photo in enumerate(self.photos):
            labels = [labeler(photo) for labeler in self.labelers]
            strip = instances_strip(
                photo, labels, self.class_names, self.palette
            )
            for log in self.logs:
                log.show(f"photo {index + 1}", strip)
