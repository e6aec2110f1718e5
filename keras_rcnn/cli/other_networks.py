"""Networks that a run builds on: to start from, or to be taught by."""

import pathlib
from typing import TYPE_CHECKING

from absl import flags

if TYPE_CHECKING:
    from keras_rcnn import RecurrentCNN
    from keras_rcnn.datasets import SceneDataset
    from keras_rcnn.training import Distillation
    from keras_rcnn.training.experiments import Experiment

FLAGS = flags.FLAGS


def load_other(
    flag: str,
    experiment: "Experiment",
    photos: "SceneDataset",
    model_dir: pathlib.Path,
) -> "RecurrentCNN":
    """The network that --teacher or --start_from names.

    Raises:
        InputError: if it has other classes than the photos.
    """
    from keras_rcnn import load_model
    from keras_rcnn.errors import InputError

    # That of an experiment is the run beside this one.
    beside = model_dir.parent if FLAGS.experiment else pathlib.Path()
    path = beside / str(getattr(experiment, flag))
    model = load_model(path)
    if model.class_names != photos.class_names:
        raise InputError(
            f"--{flag}={path} labels {', '.join(model.class_names)}, and "
            f"the photos have {', '.join(photos.class_names)}: choose a model "
            "of the same classes."
        )
    return model


def load_initial_weights(
    experiment: "Experiment",
    model: "RecurrentCNN",
    photos: "SceneDataset",
    model_dir: pathlib.Path,
) -> None:
    """Gives the network those of another one to start from."""
    from keras_rcnn.errors import InputError

    other = load_other("start_from", experiment, photos, model_dir)
    weights = other.get_weights()
    if [w.shape for w in weights] != [w.shape for w in model.get_weights()]:
        raise InputError(
            f"--start_from={experiment.start_from} has other weights than "
            f"{experiment.preset}: choose a model of that preset."
        )
    model.set_weights(weights)


def distillation_targets(
    experiment: "Experiment",
    model: "RecurrentCNN",
    photos: "SceneDataset",
    model_dir: pathlib.Path,
) -> "Distillation | None":
    """What a teacher has to say of the targets, if it is asked."""
    from keras_rcnn.errors import InputError
    from keras_rcnn.training import Distillation

    if not experiment.distillation:
        return None
    teacher = load_other("teacher", experiment, photos, model_dir)
    sees, can_see = (
        each.geometry.receptive_field(each.num_instances)
        for each in (teacher, model)
    )
    if sees > can_see:
        raise InputError(
            f"--teacher={experiment.teacher} labels a pixel by {sees}x{sees} "
            f"others, and {experiment.preset} has {can_see}x{can_see}: choose "
            "a teacher that sees no more."
        )
    return Distillation(
        teacher.copy(model.dtype_policy.name),
        experiment.distillation,
        model.geometry,
    )
