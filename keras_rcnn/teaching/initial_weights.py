"""The network that a round begins with."""

import pathlib
from typing import Any

import tensorflow as tf

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.layers.precision import choose_precision
from keras_rcnn.models import RecurrentPyramid, load_model
from keras_rcnn.training.checkpoints import checkpoint_paths, is_whole
from keras_rcnn.training.run_folder import CHECKPOINTS_DIR

PRESET = "pyramid_small"
_EXAMPLE = "pyramid_stanford_background"


def first_model(
    dataset: SceneDataset, start_from: str | pathlib.Path | None = None
) -> RecurrentPyramid:
    """The network before its first step.

    Args:
        dataset: gives the classes.
        start_from: run of an earlier round, or any pyramid; None for fresh
            weights.

    Raises:
        InputError: if there is no such network, or it is no pyramid.
    """
    classes = {
        "class_names": dataset.class_names,
        "palette": dataset.palette,
        "dtype": choose_precision(),
    }
    if start_from is None:
        return RecurrentPyramid.from_preset(PRESET, **classes)
    return _with_known_classes(trained_before(start_from), classes)


def trained_before(start_from: str | pathlib.Path) -> RecurrentPyramid:
    """The network of a run as it was trained, or any saved pyramid.

    A saved network has its normalizations folded in. The checkpoints of a run
    still have them, which is better to learn on from.

    Raises:
        InputError: if there is no such network, or it is no pyramid.
    """
    saved = load_model(start_from)
    if not isinstance(saved, RecurrentPyramid):
        raise InputError(
            f"model={start_from} is no pyramid, which strokes are learned by: "
            f"choose one, such as {_EXAMPLE}, or leave it out."
        )
    model = RecurrentPyramid.from_config(
        saved.get_config() | {"normalization": True}
    )
    folder = pathlib.Path(start_from) / CHECKPOINTS_DIR
    for path in filter(is_whole, reversed(checkpoint_paths(folder))):
        checkpoint = tf.train.Checkpoint(weights=list(model.weights))
        try:
            status = checkpoint.restore(str(path)).expect_partial()
            status.assert_existing_objects_matched()
        except (AssertionError, ValueError):
            break  # The run began without normalizations.
        return model
    return saved


def _with_known_classes(
    before: RecurrentPyramid, classes: dict[str, Any]
) -> RecurrentPyramid:
    """The network with other classes; those that it knows keep their scores."""
    names = classes["class_names"]
    config = before.get_config() | classes | {"num_classes": len(names)}
    model = RecurrentPyramid.from_config(config)
    for part in ("eye", "down", "up"):
        getattr(model, part).set_weights(getattr(before, part).get_weights())
    head = model.head.get_weights()
    for old, new in zip(before.head.get_weights(), head, strict=True):
        for index, name in enumerate(names):
            if name in before.class_names:
                new[..., index] = old[..., before.class_names.index(name)]
    model.head.set_weights(head)
    return model
