"""Trained networks that a run builds on: initial weights and teachers."""

import pathlib

from keras_rcnn.cli.flags import Flags
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.distillation import Distillation
from keras_rcnn.models.saving import load_model
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.training.experiments import Experiment


def load_other(
    flags: Flags,
    name: str,
    experiment: Experiment,
    photos: SceneDataset,
    model_dir: pathlib.Path,
) -> SceneParser:
    """Loads the network that --teacher or --start_from names.

    Args:
        flags: of the command.
        name: `teacher` or `start_from`.
        experiment: what is trained.
        photos: what it is trained on.
        model_dir: folder of the run. Experiments name others, whose folders
            lie beside this one.

    Raises:
        InputError: if the network has other classes than the photos.
    """
    path = getattr(experiment, name)
    if flags.experiment:
        path = model_dir.parent / path
    model = load_model(path)
    if model.class_names != photos.class_names:
        raise InputError(
            f"--{name}={path} labels {', '.join(model.class_names)}, and "
            f"the photos have {', '.join(photos.class_names)}: choose a model "
            "of the same classes."
        )
    return model


def with_initial_weights(
    flags: Flags,
    experiment: Experiment,
    model: SceneParser,
    photos: SceneDataset,
    model_dir: pathlib.Path,
) -> SceneParser:
    """The network with the weights of --start_from, if it is given.

    A saved network has its normalizations folded in, and is trained on without
    them.

    Raises:
        InputError: if the weights have other shapes or classes.
    """
    if not experiment.start_from:
        return model
    other = load_other(flags, "start_from", experiment, photos, model_dir)
    weights = other.get_weights()
    shapes = [weight.shape for weight in weights]
    for each in (model, model.copy(model.dtype_policy.name)):
        if [weight.shape for weight in each.get_weights()] == shapes:
            each.set_weights(weights)
            return each
    raise InputError(
        f"--start_from={experiment.start_from} has other weights than "
        f"{experiment.preset}: choose a model of that preset."
    )


def distillation_targets(
    flags: Flags,
    experiment: Experiment,
    model: SceneParser,
    photos: SceneDataset,
    model_dir: pathlib.Path,
) -> Distillation | None:
    """The distillation targets of --teacher; None without --distillation.

    Raises:
        InputError: if the teacher has other classes or a larger receptive
            field than the network.
    """
    if not experiment.distillation:
        return None
    teacher = load_other(flags, "teacher", experiment, photos, model_dir)
    sees, can_see = (
        each.geometry.receptive_field(each.num_instances)
        for each in (teacher, model)
    )
    if sees > can_see:
        raise InputError(
            f"--teacher={experiment.teacher} has a receptive field of "
            f"{sees}x{sees} pixels, and {experiment.preset} has one of "
            f"{can_see}x{can_see}: choose a teacher that sees no more."
        )
    return Distillation(
        teacher.copy(model.dtype_policy.name),
        experiment.distillation,
        model.geometry,
    )
