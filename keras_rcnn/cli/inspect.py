r"""Shows where a model is wrong on labeled photos.

    keras-rcnn inspect --model=runs/stanford_rcnn2_dense \
        --dataset=stanford_background --output=errors.html

Writes one HTML file that needs nothing else: the scores, the classes that are
confused with each other with examples, the worst photos, accuracy by the
distance to another class and to the border, how often the network is right
where it is sure (reliability diagram and expected calibration error), and what
each instance adds. Your own folder, laid out as for training, and faster:

    keras-rcnn inspect --model=runs/own --dataset=folder \
        --data_dir=FOLDER --output=errors.html --output_resolution=8

Photos are read one by one; only counts are kept, and the worst photos.
"""

import math
from typing import Any

import numpy as np

import keras_rcnn
from keras_rcnn.cli import flags, model_flags, runner, trained_side
from keras_rcnn.cli.lazy_module import LazyModule

FLAGS = flags.Flags()
model_flags.add_labeling(FLAGS)
flags.add_dataset(FLAGS)
FLAGS.add_enum("split", "test", flags.SPLITS, "Which of the photos.")
FLAGS.add_integer(
    "num_photos",
    None,
    "Number of photos to inspect, spread over the split; all if not given.",
)
FLAGS.add_string("output", None, "HTML file to write.", required=True)
flags.add_report(FLAGS)
FLAGS.add_integer(
    "num_worst", 12, "How many of the worst photos to show.", at_least=0
)
FLAGS.add_integer(
    "num_pairs", 8, "How many pairs of confused classes to show.", at_least=0
)
FLAGS.add_integer(
    "num_examples", 4, "How many pictures of each pair.", at_least=0
)

confused_examples = LazyModule("keras_rcnn.reports.confused_examples")
error_counts = LazyModule("keras_rcnn.evaluation.error_counts")
errors_page = LazyModule("keras_rcnn.reports.errors_page")


def main() -> None:
    """Labels the photos, counts the errors, writes the page."""
    if FLAGS.dataset == "folder":
        trained_side.take_trained_side(FLAGS, FLAGS.model)
    labeler = model_flags.load_labeler(FLAGS)
    dataset = chosen_photos(flags.load_dataset(FLAGS, FLAGS.split))
    flags.check_classes(FLAGS, dataset, FLAGS.model, labeler.class_names)
    examples = confused_examples.ConfusedExamples(FLAGS.num_examples)
    counts = error_counts.count_errors(
        labeler,
        dataset,
        num_worst=FLAGS.num_worst,
        fewer_instances=fewer_instances(labeler),
        on_photo=examples.add,
    )
    print_summary(counts)
    errors_page.write_errors_page(
        FLAGS.output, dataset, counts, examples, about(labeler), FLAGS.num_pairs
    )
    print(f"{FLAGS.output}: open it in a browser")
    figures = counts.figures(dataset.class_names)
    figures["num_images"] = dataset.num_examples
    runner.write_report(FLAGS.report, figures)


def chosen_photos(
    dataset: "keras_rcnn.datasets.SceneDataset",
) -> "keras_rcnn.datasets.SceneDataset":
    """The photos that --num_photos chooses."""
    total = dataset.num_examples
    if FLAGS.num_photos is None or FLAGS.num_photos >= total:
        return dataset
    chosen = np.zeros(total, bool)
    chosen[np.linspace(0, total - 1, FLAGS.num_photos, dtype=int)] = True
    return dataset.select(chosen)


def fewer_instances(labeler: Any) -> dict[int, Any]:
    """Labelers that apply the same network 1, 2 ... times, if it can be."""
    if not isinstance(labeler, keras_rcnn.SceneLabeler):
        return {}
    return {
        number: labeler.with_instances(number)
        for number in range(1, labeler.num_instances)
    }


def about(labeler: Any) -> dict[str, str]:
    """The model and how it was used, for the page."""
    facts = {
        "model": FLAGS.model,
        "split": FLAGS.split,
        "instances": labeler.num_instances,
        "labels computed": labeler.output_resolution
        and f"1/{labeler.output_resolution}",
        "smoothing": labeler.smoothing,
    }
    return {name: str(value) for name, value in facts.items() if value}


def print_summary(counts: Any) -> None:
    """Prints the most important figures."""
    matrix = counts.matrix
    for name, part in (
        ("pixel accuracy", matrix.pixel_accuracy),
        ("class accuracy", matrix.class_accuracy),
        ("mean IoU", matrix.mean_iou),
        ("calibration error", counts.calibration.expected_calibration_error),
    ):
        if not math.isnan(part):
            print(f"{name:17} {100 * part:6.1f} %")
