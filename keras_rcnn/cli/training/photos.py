"""The photos that a run is trained on and validated by."""

import pathlib

from keras_rcnn.cli.flags import Flags, folder_choices
from keras_rcnn.cli.training.other_networks import load_other
from keras_rcnn.datasets.load import load_dataset
from keras_rcnn.datasets.mapped_classes import map_classes
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.splits import train_validation_split
from keras_rcnn.datasets.unlabeled import load_unlabeled
from keras_rcnn.labeling.augmentation import SIX_VIEWS, TestTimeAugmentation
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.labeling.self_training import pseudo_label
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.training.experiments import Experiment


def load_labeled(flags: Flags, experiment: Experiment) -> SceneDataset:
    """The labeled photos of an experiment."""
    return load_dataset(
        experiment.dataset,
        flags.data_dir,
        experiment.split,
        experiment.fold,
        experiment.seed,
        **folder_choices(flags),
    )


def select_photos(
    training: SceneDataset,
    flags: Flags,
    experiment: Experiment,
    model_dir: pathlib.Path,
) -> tuple[SceneDataset, SceneDataset | None]:
    """The photos to train on, and those to choose the weights by.

    Args:
        training: the labeled photos.
        flags: of the command.
        experiment: says which photos to add and to hold out.
        model_dir: folder of the run.
    """
    validation = unlabeled = None
    if experiment.labeled_fraction < 1:
        unlabeled, training = train_validation_split(
            training, experiment.labeled_fraction
        )
    if experiment.validation_fraction:
        training, validation = train_validation_split(
            training, experiment.validation_fraction
        )
    if experiment.more_photos:
        more = load_dataset(experiment.more_photos, flags.data_dir, "all")
        training = training.repeat(experiment.times).concatenate(
            map_classes(more, training)
        )
    if flags.unlabeled:
        unlabeled = load_unlabeled(
            flags.unlabeled,
            training.class_names,
            training.palette,
            flags.longest_side,
        )
    if unlabeled and experiment.teacher:
        teacher = load_other(flags, "teacher", experiment, training, model_dir)
        training = training.repeat(experiment.times).concatenate(
            labeled_by(teacher, unlabeled, experiment.confidence)
        )
    return training, validation


def labeled_by(
    teacher: SceneParser, photos: SceneDataset, confidence: float
) -> SceneDataset:
    """Photos with the labels that a teacher is sure of.

    The teacher averages six views of each photo. That makes its labels better
    than those of the student, which could learn nothing from them otherwise.
    """
    stride = teacher.geometry.output_stride(teacher.num_instances)
    labeler = SceneLabeler(teacher, output_resolution=stride)
    views = TestTimeAugmentation(labeler, scales=SIX_VIEWS)
    return pseudo_label(views, photos, confidence)
