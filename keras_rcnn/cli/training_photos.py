"""Which photos a run learns from, and its flags."""

import pathlib
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import dataset_flags
from keras_rcnn.cli.other_networks import load_other

if TYPE_CHECKING:
    from keras_rcnn import RecurrentCNN
    from keras_rcnn.datasets import SceneDataset
    from keras_rcnn.training.experiments import Experiment

FLAGS = flags.FLAGS
# They count as flags of the program that defines them, in its help as well.
flags.disclaim_key_flags()


def define() -> None:
    """Adds the flags to those of the program."""
    dataset_flags.define(required=False)
    flags.DEFINE_string(
        "unlabeled", None, "Folder of more photos; --teacher labels them."
    )
    flags.DEFINE_string(
        "teacher",
        None,
        "Model of the same classes that labels --unlabeled, or has a part "
        "--distillation in the targets.",
    )
    flags.DEFINE_float(
        "distillation",
        0.0,
        "Part of the targets that are probabilities of --teacher.",
        lower_bound=0,
        upper_bound=1,
    )
    flags.DEFINE_float(
        "confidence",
        0.9,
        "Least probability of a label of --teacher that counts.",
    )
    flags.DEFINE_integer(
        "times",
        1,
        "How often your own photos come for each time of --unlabeled.",
        lower_bound=1,
    )
    flags.register_multi_flags_validator(
        ["unlabeled", "teacher", "distillation"],
        lambda values: (
            bool(values["teacher"])
            == bool(values["unlabeled"] or values["distillation"])
        ),
        "give --teacher together with --unlabeled or --distillation",
    )


def load(
    experiment: "Experiment", model_dir: pathlib.Path
) -> tuple["SceneDataset", "SceneDataset | None"]:
    """The photos to train on and those to choose the weights by."""
    from keras_rcnn.datasets import (
        load_dataset,
        load_unlabeled,
        map_classes,
        train_validation_split,
    )

    training = load_dataset(
        experiment.dataset,
        FLAGS.data_dir,
        experiment.split,
        experiment.fold,
        experiment.seed,
        FLAGS.longest_side,
    )
    validation = unlabeled = None
    if experiment.labelled_fraction < 1:
        unlabeled, training = train_validation_split(
            training, experiment.labelled_fraction
        )
    if experiment.validation_fraction:
        training, validation = train_validation_split(
            training, experiment.validation_fraction
        )
    if experiment.more_photos:
        more = load_dataset(experiment.more_photos, FLAGS.data_dir, "all")
        training = training.repeat(experiment.times).concatenate(
            map_classes(more, training)
        )
    if FLAGS.unlabeled:
        unlabeled = load_unlabeled(
            FLAGS.unlabeled,
            training.class_names,
            training.palette,
            FLAGS.longest_side,
        )
    if unlabeled and experiment.teacher:
        teacher = load_other("teacher", experiment, training, model_dir)
        training = training.repeat(experiment.times).concatenate(
            taught(teacher, unlabeled, experiment.confidence)
        )
    return training, validation


def taught(
    teacher: "RecurrentCNN", photos: "SceneDataset", confidence: float
) -> "SceneDataset":
    """Photos with the labels that another model is sure of.

    Several views make them better than the student's own, else there would be
    nothing to learn from them.
    """
    from keras_rcnn import SceneLabeler
    from keras_rcnn.labeling.augmentation import SIX_VIEWS, TestTimeAugmentation
    from keras_rcnn.training import pseudo_label

    stride = teacher.geometry.output_stride(teacher.num_instances)
    labeler = SceneLabeler(teacher, output_resolution=stride)
    views = TestTimeAugmentation(labeler, scales=SIX_VIEWS)
    return pseudo_label(views, photos, confidence)
