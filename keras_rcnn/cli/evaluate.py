r"""Scores a model on labeled photos.

A network on the photos that it never saw, 79.2 % of the pixels right, a
minute on two cores:

    python tools/evaluate.py --model=runs/stanford_rcnn2_dense \
        --dataset=stanford_background --split=test --fold=0

Your own folder, as for training, with pictures of some photos:

    python tools/evaluate.py --model=runs/own --dataset=folder \
        --data_dir=FOLDER --split=test --pictures_dir=pictures
"""

import dataclasses
import math
import pathlib
import sys
import time
from typing import TYPE_CHECKING, Any

from absl import flags

from keras_rcnn.cli import dataset_flags, float_flags, labeling_flags, runner

if TYPE_CHECKING:
    from keras_rcnn.datasets import SceneDataset
    from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix
    from keras_rcnn.runtime.loading import Labeler

FLAGS = flags.FLAGS
labeling_flags.define()
dataset_flags.define()
flags.DEFINE_enum(
    "split", "test", ["train", "test", "all"], "Which of the photos."
)
flags.DEFINE_bool(
    "flip", False, "Average each photo with its mirror image; twice as slow."
)
float_flags.define_multi_float(
    "scale", [1.0], "Magnification to average over; may be given repeatedly."
)
flags.DEFINE_string(
    "reference",
    None,
    "Model to compare the labels with, computed in float32: on how many "
    "pixels both agree. May be the same model, to judge --precision by.",
)
flags.DEFINE_string("report", None, "JSON file for the figures.")
flags.DEFINE_string(
    "pictures_dir",
    None,
    "Folder for pictures: photo, truth, labels and errors of some photos, and "
    "the confusion matrix.",
)
flags.DEFINE_integer(
    "num_pictures", 10, "How many photos to picture.", lower_bound=0
)


def main() -> None:
    """Labels the photos, compares, reports."""
    labeler = averaged(labeling_flags.load_labeler())
    dataset = dataset_flags.load_dataset(FLAGS.split)
    dataset_flags.check_classes(dataset, FLAGS.model, labeler.class_names)
    matrix, agreement, seconds = score(labeler, load_reference(), dataset)
    figures = report(labeler, dataset, matrix, agreement, seconds)
    print_table(figures)
    write_confusion_figure(matrix, dataset)
    runner.write_report(FLAGS.report, figures)


def averaged(labeler: "Labeler") -> "Labeler":
    """Averages over views of the photos, if the flags ask for it."""
    from keras_rcnn import SceneLabeler
    from keras_rcnn.errors import InputError
    from keras_rcnn.labeling.augmentation import TestTimeAugmentation

    if not FLAGS.flip and FLAGS.scale == [1.0]:
        return labeler
    if not isinstance(labeler.label_batch, SceneLabeler):
        raise InputError(
            f"--model={FLAGS.model} gives no probabilities to average: leave "
            "out --flip and --scale, or give a .keras file."
        )
    average = TestTimeAugmentation(labeler.label_batch, FLAGS.scale, FLAGS.flip)
    return dataclasses.replace(labeler, label_batch=average)


def load_reference() -> "Labeler | None":
    """The model to compare with, if there is one."""
    if FLAGS.reference is None:
        return None
    return labeling_flags.load_labeler(FLAGS.reference, precision="float32")


def score(
    labeler: "Labeler",
    reference: "Labeler | None",
    dataset: "SceneDataset",
) -> tuple["ConfusionMatrix", float | None, float]:
    """Labels all photos.

    Returns:
        Their confusion matrix, the share of the pixels labeled like the
        reference, and the seconds that labeling took.
    """
    import numpy as np
    import tqdm

    from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix

    # Spread over the data set, whose photos of one kind may lie together.
    pictured = np.linspace(
        0,
        dataset.num_examples - 1,
        min(FLAGS.num_pictures, dataset.num_examples),
        dtype=int,
    )
    matrix = ConfusionMatrix(dataset.num_classes)
    # The first photo takes seconds longer, as TensorFlow builds its graph.
    labeler(np.zeros((1, 1, 3), np.uint8))
    seconds = 0.0
    alike = pixels = 0
    bar = tqdm.tqdm(
        dataset.examples.as_numpy_iterator(),
        "Scoring",
        dataset.num_examples,
        unit="photo",
        file=sys.stderr,
    )
    for index, example in enumerate(bar):
        start = time.perf_counter()
        labels = labeler(example["image"], example["name"].decode())
        seconds += time.perf_counter() - start
        matrix.update(example["label"], labels)
        if reference:
            others = reference(example["image"], example["name"].decode())
            alike += int(np.count_nonzero(labels == others))
            pixels += labels.size
        if FLAGS.pictures_dir and index in pictured:
            write_picture(dataset, example, labels)
        if matrix.num_pixels:
            right = f"{100 * matrix.pixel_accuracy:.1f} % right"
            bar.set_postfix_str(right, refresh=False)
    return matrix, alike / pixels if pixels else None, seconds


def report(
    labeler: "Labeler",
    dataset: "SceneDataset",
    matrix: "ConfusionMatrix",
    agreement: float | None,
    seconds: float,
) -> dict[str, Any]:
    """All figures; the accuracy of a class without a true pixel is None."""
    from keras_rcnn.errors import InputError

    if not matrix.num_pixels:
        raise InputError(
            f"No pixel of the {dataset.num_examples} photos has a known class: "
            "choose another --split or --dataset."
        )
    accuracies = map(none_if_nan, matrix.class_accuracies.tolist())
    return {
        "pixel_accuracy": matrix.pixel_accuracy,
        "pixel_accuracy_standard_error": none_if_nan(
            matrix.pixel_accuracy_standard_error
        ),
        "class_accuracy": matrix.class_accuracy,
        "mean_iou": matrix.mean_iou,
        "per_class": dict(zip(dataset.class_names, accuracies, strict=True)),
        "confusion_matrix": matrix.counts.tolist(),
        "num_images": dataset.num_examples,
        "num_pixels": matrix.num_pixels,
        "agreement_with_reference": agreement,
        "seconds_per_image": seconds / dataset.num_examples,
        "num_instances": labeler.num_instances,
        "output_resolution": labeler.output_resolution,
        "smoothing": labeler.smoothing,
    }


def none_if_nan(value: float) -> float | None:
    """The value; JSON has no other way to say that there is none."""
    return None if math.isnan(value) else value


def print_table(figures: dict[str, Any]) -> None:
    """The figures for people."""
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


def write_picture(
    dataset: "SceneDataset", example: dict[str, Any], labels: Any
) -> None:
    """Photo, truth, labels and errors in a row."""
    from keras_rcnn.io.files import make_folder
    from keras_rcnn.io.images import write_png
    from keras_rcnn.reports import scored_photo

    picture = scored_photo(
        example["image"],
        example["label"],
        labels,
        dataset.class_names,
        dataset.palette,
    )
    # Photos in a folder below others keep it, as in their name.
    file = pathlib.Path(
        FLAGS.pictures_dir, "photos", f"{example['name'].decode()}.png"
    )
    make_folder(file.parent)
    write_png(file, picture)


def write_confusion_figure(
    matrix: "ConfusionMatrix", dataset: "SceneDataset"
) -> None:
    """What each class was taken for."""
    from keras_rcnn.io.files import make_folder
    from keras_rcnn.io.images import write_png
    from keras_rcnn.reports import confusion_figure

    if FLAGS.pictures_dir:
        write_png(
            make_folder(FLAGS.pictures_dir) / "confusion_matrix.png",
            confusion_figure(matrix.counts, dataset.class_names),
        )


if __name__ == "__main__":
    runner.run(main)
