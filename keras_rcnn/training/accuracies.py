"""The accuracy of every instance, in the logs of callbacks."""

from keras_rcnn.datasets.sampling import instance_name


def instance_accuracies(
    logs: dict[str, float], num_instances: int, prefix: str = ""
) -> list[float]:
    """Pixel accuracy of instance 1, 2, ..., each from 0 to 1.

    Args:
        logs: of a step or an epoch.
        num_instances: instances in training.
        prefix: `val_` for the validation photos.
    """
    return [
        logs[f"{prefix}{instance_name(index + 1)}_accuracy"]
        for index in range(num_instances)
    ]


def describe(values: list[float]) -> str:
    """Accuracies in percent, as text."""
    return "/".join(f"{100 * value:.1f}" for value in values) + " %"
