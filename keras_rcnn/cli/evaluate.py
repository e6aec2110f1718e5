r"""Scores a model on labeled photos.

A network on photos that it was not trained on, 79.2 % of the pixels right, a
minute on two cores:

    keras-rcnn evaluate --model=runs/stanford_rcnn2_dense \
        --dataset=stanford_background --split=test --fold=0

Your own folder, laid out as for training, with pictures of some photos:

    keras-rcnn evaluate --model=runs/own --dataset=folder \
        --data_dir=FOLDER --split=test --pictures_dir=pictures

Several models, `--model=a,b`, and several views of each photo, `--flip` and
`--scale`, are averaged: more accurate, and as many times slower.
"""

import itertools
import pathlib
import sys
from collections.abc import Callable
from typing import Any

import numpy as np

import keras_rcnn
from keras_rcnn.cli import flags, model_flags, runner, trained_side
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.images import write_png

seen_photos = LazyModule("keras_rcnn.cli.seen_photos")

FLAGS = flags.Flags()
model_flags.add_labeling(FLAGS)
flags.add_dataset(FLAGS)
FLAGS.add_enum("split", "test", flags.SPLITS, "Which of the photos.")
model_flags.add_views(FLAGS)
FLAGS.add_string(
    "reference",
    None,
    "Model to compare the labels with, computed in float32: on what part of "
    "the pixels both agree. May be the same model, to judge --precision by.",
)
flags.add_report(FLAGS)
FLAGS.add_string(
    "pictures_dir",
    None,
    "Folder for pictures: photo, truth, labels and errors of some photos, and "
    "the confusion matrix.",
)
FLAGS.add_integer("num_pictures", 10, "How many photos to picture.", at_least=0)


def main() -> None:
    """Labels the photos, compares, reports."""
    if FLAGS.pictures_dir:
        make_folder(FLAGS.pictures_dir)
    if FLAGS.dataset == "folder":
        trained_side.take_trained_side(FLAGS, FLAGS.model)
    labeler = model_flags.average_views(FLAGS, model_flags.load_labeler(FLAGS))
    dataset = flags.load_dataset(FLAGS, FLAGS.split)
    flags.check_classes(FLAGS, dataset, FLAGS.model, labeler.class_names)
    evaluation = keras_rcnn.evaluate(
        labeler,
        dataset,
        reference=load_reference(),
        on_photo=picture_writer(dataset) if FLAGS.pictures_dir else None,
    )
    figures = evaluation.report(labeler, dataset)
    note_seen_photos(dataset)
    print_table(figures)
    if FLAGS.pictures_dir:
        write_png(
            make_folder(FLAGS.pictures_dir) / "confusion_matrix.png",
            keras_rcnn.reports.confusion_figure(
                evaluation.matrix.counts, dataset.class_names
            ),
        )
        print(f"{FLAGS.pictures_dir}: pictures and confusion_matrix.png")
    runner.write_report(FLAGS.report, figures)


def note_seen_photos(dataset: "keras_rcnn.datasets.SceneDataset") -> None:
    """Prints a note if a model was trained on some of the photos."""
    for model in model_flags.model_names(FLAGS.model):
        if seen := seen_photos.count_seen(model, dataset):
            print(
                f"note: {model} was trained on {seen} of these "
                f"{dataset.num_examples} photos, so its scores are too good.",
                file=sys.stderr,
            )


def load_reference() -> Any:
    """The model to compare with; None if there is none."""
    if FLAGS.reference is None:
        return None
    return model_flags.load_labeler(FLAGS, FLAGS.reference, precision="float32")


def print_table(figures: dict[str, Any]) -> None:
    """Prints the figures of a report."""
    print(
        f"{figures['num_images']} photos, {figures['num_pixels']} labeled "
        f"pixels, {figures['seconds_per_image']:.2f} s a photo"
    )
    agreement = figures["agreement_with_reference"]
    compared = {} if agreement is None else {"like reference": agreement}
    rows = {
        "pixel accuracy": figures["pixel_accuracy"],
        "  std error": figures["pixel_accuracy_standard_error"],
        "class accuracy": figures["class_accuracy"],
        "mean IoU": figures["mean_iou"],
        **compared,
        **{f"  {name}": part for name, part in figures["per_class"].items()},
    }
    width = max(map(len, rows))
    for name, part in rows.items():
        percent = "     -" if part is None else f"{100 * part:6.1f}"
        print(f"{name:{width}} {percent} %")


def picture_writer(
    dataset: "keras_rcnn.datasets.SceneDataset",
) -> Callable[[dict[str, Any], np.ndarray], None]:
    """Function of each photo in turn that writes pictures of some of them.

    They are spread over the data set, in which similar photos may be
    neighbors.
    """
    last = dataset.num_examples - 1
    count = min(FLAGS.num_pictures, dataset.num_examples)
    pictured = set(np.linspace(0, last, count, dtype=int))
    numbers = itertools.count()

    def write(example: dict[str, Any], labels: np.ndarray) -> None:
        if next(numbers) not in pictured:
            return
        picture = keras_rcnn.reports.scored_photo(
            example["image"],
            example["label"],
            labels,
            dataset.class_names,
            dataset.palette,
        )
        # The name of a photo in a subfolder includes the subfolder.
        file = f"photos/{example['name'].decode()}.png"
        path = pathlib.Path(FLAGS.pictures_dir, file)
        make_folder(path.parent)
        write_png(path, picture)

    return write
