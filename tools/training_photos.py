"""Which photos a run learns from, and its flags."""

import pathlib
from typing import TYPE_CHECKING

import dataset_flags
from absl import flags

if TYPE_CHECKING:
    from experiments import Experiment

    from keras_rcnn.datasets import SceneDataset

FLAGS = flags.FLAGS
# They count as flags of the program that defines them, in its help as well.
flags.disclaim_key_flags()


def define() -> None:
    """Adds the flags to those of the program."""
    dataset_flags.define(required=False)
    flags.DEFINE_string(
        "unlabelled", None, "Folder of more photos; --teacher labels them."
    )
    flags.DEFINE_string(
        "teacher", None, "Model of the same classes that labels --unlabelled."
    )
    flags.DEFINE_float(
        "confidence",
        0.9,
        "Least probability of a label of --teacher that counts.",
    )
    flags.register_multi_flags_validator(
        ["unlabelled", "teacher"],
        lambda values: sum(value is not None for value in values.values()) != 1,
        "give both --unlabelled and --teacher, or none of them",
    )


def load(
    experiment: "Experiment", model_dir: pathlib.Path
) -> tuple["SceneDataset", "SceneDataset | None"]:
    """The photos to train on and those to choose the weights by."""
    from keras_rcnn.datasets import (
        load_dataset,
        load_unlabelled,
        split_off,
        with_classes_of,
    )

    training = load_dataset(
        experiment.dataset,
        FLAGS.data_dir,
        experiment.split,
        experiment.fold,
        experiment.seed,
        FLAGS.longest_side,
    )
    validation = unlabelled = None
    if experiment.labelled_fraction < 1:
        unlabelled, training = split_off(training, experiment.labelled_fraction)
    if experiment.validation_fraction:
        training, validation = split_off(
            training, experiment.validation_fraction
        )
    if experiment.more_photos:
        more = load_dataset(experiment.more_photos, FLAGS.data_dir, "all")
        training = training.repeat(experiment.times).concatenate(
            with_classes_of(more, training)
        )
    if FLAGS.unlabelled:
        unlabelled = load_unlabelled(
            FLAGS.unlabelled,
            training.class_names,
            training.palette,
            FLAGS.longest_side,
        )
    if experiment.teacher and unlabelled:
        # That of an experiment is the run beside this one.
        teacher = model_dir.parent if FLAGS.experiment else pathlib.Path()
        training = training.concatenate(
            taught(teacher / experiment.teacher, unlabelled, experiment)
        )
    return training, validation


def taught(
    teacher: pathlib.Path, photos: "SceneDataset", experiment: "Experiment"
) -> "SceneDataset":
    """Photos with the labels that another model is sure of."""
    from keras_rcnn import SceneLabeler, load_model
    from keras_rcnn.errors import InputError
    from keras_rcnn.training import pseudo_labelled

    model = load_model(teacher)
    if model.class_names != photos.class_names:
        raise InputError(
            f"--teacher={teacher} labels {', '.join(model.class_names)}, and "
            f"the photos have {', '.join(photos.class_names)}: choose a model "
            "of the same classes."
        )
    stride = model.geometry.output_stride(model.num_instances)
    labeler = SceneLabeler(model, output_resolution=stride)
    return pseudo_labelled(labeler, photos, experiment.confidence)
