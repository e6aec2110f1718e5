"""Flags of all programs that read labeled photos."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from absl import flags

if TYPE_CHECKING:
    from keras_rcnn.datasets import SceneDataset

FLAGS = flags.FLAGS
# They count as flags of the program that defines them, in its help as well.
flags.disclaim_key_flags()


def define(required: bool = True) -> None:
    """Adds the flags to those of the program.

    Args:
        required: whether the data set has to be named.
    """
    flags.DEFINE_enum(
        "dataset",
        None,
        ["stanford_background", "sift_flow", "folder", "synthetic"],
        "Which labeled photos.",
        required=required,
    )
    flags.DEFINE_string(
        "data_dir",
        None,
        "Prepared data sets, or the folder of --dataset=folder.",
    )
    flags.DEFINE_integer(
        "fold", 0, "Stanford fold that is held out as the test split, 0-4."
    )
    flags.DEFINE_integer(
        "longest_side",
        None,
        "Folder: scale photos and masks down to this many pixels.",
        lower_bound=1,
    )


def load_dataset(split: str) -> "SceneDataset":
    """The labeled photos that the flags ask for.

    Raises:
        InputError: as `keras_rcnn.datasets.load_dataset`.
    """
    from keras_rcnn import datasets

    return datasets.load_dataset(
        FLAGS.dataset,
        data_dir=FLAGS.data_dir,
        split=split,
        fold=FLAGS.fold,
        longest_side=FLAGS.longest_side,
    )


def check_classes(
    dataset: "SceneDataset", model: str, class_names: Sequence[str]
) -> None:
    """Refuses a model of other classes, or of the same in another order.

    Args:
        dataset: what the flags ask for.
        model: as the user named it.
        class_names: of the model.
    """
    from keras_rcnn.errors import InputError

    if tuple(class_names) != tuple(dataset.class_names):
        raise InputError(
            f"--dataset={FLAGS.dataset} has the classes "
            f"{', '.join(dataset.class_names)}, and {model} has "
            f"{', '.join(class_names)}: choose the data set that the model was "
            "trained on, or one of the same classes and order."
        )
