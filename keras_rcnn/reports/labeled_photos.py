"""Labeled photos of a training run, for TensorBoard."""

import pathlib
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.reports.panels import instances_strip
from keras_rcnn.training.budget import Budget


class LabeledPhotos(keras.callbacks.Callback):
    """Writes labels of a few validation photos, by instance, for TensorBoard.

    Args:
        dataset: data set whose first photos are shown.
        logs_dir: folder that TensorBoard reads.
        budget: budget of the run, which counts the steps.
        num_photos: number of photos to show.
    """

    def __init__(
        self,
        dataset: SceneDataset,
        logs_dir: pathlib.Path,
        budget: Budget,
        num_photos: int = 3,
    ) -> None:
        super().__init__()
        self.budget = budget
        self.class_names, self.palette = dataset.class_names, dataset.palette
        self.photos = [
            example["image"]
            for example in dataset.examples.take(num_photos).as_numpy_iterator()
        ]
        self.writer = tf.summary.create_file_writer(
            str(logs_dir / "validation")
        )

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
        with self.writer.as_default(int(self.budget.steps)):
            for index, photo in enumerate(self.photos):
                labels = [labeler(photo) for labeler in self.labelers]
                strip = instances_strip(
                    photo, labels, self.class_names, self.palette
                )
                tf.summary.image(f"photo {index + 1}", strip[None])
        self.writer.flush()
