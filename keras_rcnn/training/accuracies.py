"""The accuracy of every instance, in what Keras logs."""

from typing import Any

import keras
from keras import ops

from keras_rcnn.models.recurrent_cnn import instance_name


def accuracy_metric() -> keras.metrics.Metric:
    """Share of the pixels whose class is the true, or the likeliest, one."""
    return keras.metrics.MeanMetricWrapper(_is_right, name="accuracy")


def _is_right(y_true: Any, y_pred: Any) -> Any:
    if len(y_true.shape) == len(y_pred.shape):
        y_true = ops.argmax(y_true, axis=-1)
    labels = ops.cast(y_true, "int32")
    return ops.cast(ops.argmax(y_pred, axis=-1) == labels, "float32")


def accuracies(
    logs: dict[str, float], num_instances: int, prefix: str = ""
) -> list[float]:
    """Pixel accuracy of instance 1, 2, ..., each from 0 to 1.

    Args:
        logs: of a step or an epoch.
        num_instances: instances in training.
        prefix: `val_` for the validation photos.
    """
    if num_instances == 1 and f"{prefix}accuracy" in logs:
        # Keras leaves the name of a single output out.
        return [logs[f"{prefix}accuracy"]]
    return [
        logs[f"{prefix}{instance_name(index + 1)}_accuracy"]
        for index in range(num_instances)
    ]


def describe(values: list[float]) -> str:
    """Accuracies as a person reads them."""
    return "/".join(f"{100 * value:.1f}" for value in values) + " %"
