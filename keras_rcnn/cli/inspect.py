r"""Shows where a model goes wrong on labeled photos.

    python tools/inspect_errors.py --model=runs/stanford_rcnn2_dense \
        --dataset=stanford_background --output=errors.html

One HTML file that needs nothing else: the scores, the classes that are taken
for each other with examples, the worst photos, accuracy by the distance to
another class and to the border, how often the network is right where it is
sure (reliability diagram and expected calibration error), and what each
instance adds. Your own folder, as for training, and faster:

    python tools/inspect_errors.py --model=runs/own --dataset=folder \
        --data_dir=FOLDER --output=errors.html --output_resolution=8

Photos are looked at one by one; of all but the worst only counts are kept.
"""

import math
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import dataset_flags, labeling_flags, runner

if TYPE_CHECKING:
    from keras_rcnn.datasets import SceneDataset
    from keras_rcnn.evaluation.error_counts import ErrorCounts
    from keras_rcnn.runtime.loading import Labeler

FLAGS = flags.FLAGS
labeling_flags.define()
dataset_flags.define()
flags.DEFINE_enum(
    "split", "test", ["train", "test", "all"], "Which of the photos."
)
flags.DEFINE_integer(
    "num_photos",
    None,
    "Look at so many of them only, spread over the split.",
    lower_bound=1,
)
flags.DEFINE_string(
    "output", None, "HTML file for what was found.", required=True
)
flags.DEFINE_string("report", None, "JSON file for the figures.")
flags.DEFINE_integer(
    "num_worst", 12, "How many of the worst photos to show.", lower_bound=0
)
flags.DEFINE_integer(
    "num_pairs", 8, "How many pairs of confused classes to show.", lower_bound=0
)
flags.DEFINE_integer(
    "num_examples", 4, "How many pictures of each pair.", lower_bound=0
)


def main() -> None:
    """Labels the photos, counts the errors, writes what there is to see."""
    from keras_rcnn.evaluation.error_counts import count_errors
    from keras_rcnn.reports.confused_examples import ConfusedExamples
    from keras_rcnn.reports.errors_page import write_errors_page

    labeler = labeling_flags.load_labeler()
    dataset = chosen_photos(dataset_flags.load_dataset(FLAGS.split))
    dataset_flags.check_classes(dataset, FLAGS.model, labeler.class_names)
    examples = ConfusedExamples(FLAGS.num_examples)
    counts = count_errors(
        labeler,
        dataset,
        num_worst=FLAGS.num_worst,
        fewer_instances=fewer_instances(labeler),
        on_photo=examples.add,
    )
    print_summary(counts)
    write_errors_page(
        FLAGS.output, dataset, counts, examples, about(labeler), FLAGS.num_pairs
    )
    print(f"{FLAGS.output}: look at it in a browser")
    runner.write_report(
        FLAGS.report,
        counts.figures(dataset.class_names)
        | {"num_images": dataset.num_examples},
    )


def chosen_photos(dataset: "SceneDataset") -> "SceneDataset":
    """The photos to look at."""
    import numpy as np

    total = dataset.num_examples
    if FLAGS.num_photos is None or FLAGS.num_photos >= total:
        return dataset
    chosen = np.zeros(total, bool)
    chosen[np.linspace(0, total - 1, FLAGS.num_photos, dtype=int)] = True
    return dataset.select(chosen)


def fewer_instances(labeler: "Labeler") -> "dict[int, Labeler]":
    """The same network applied 1, 2 ... times, if it can be."""
    from keras_rcnn import SceneLabeler

    if not isinstance(labeler.label_batch, SceneLabeler):
        return {}
    whole = labeler.label_batch
    stride = whole.model.geometry.output_stride
    return {
        number: labeling_flags.load_labeler(
            num_instances=number,
            # The finest of all that is computed by so few.
            output_resolution=math.gcd(whole.output_resolution, stride(number)),
        )
        for number in range(1, whole.num_instances)
    }


def about(labeler: "Labeler") -> dict[str, str]:
    """The model and how it was used, for the page."""
    told = {
        "model": FLAGS.model,
        "split": FLAGS.split,
        "instances": labeler.num_instances,
        "labels computed": labeler.output_resolution
        and f"1/{labeler.output_resolution}",
        "smoothing": labeler.smoothing,
    }
    return {name: str(value) for name, value in told.items() if value}


def print_summary(counts: "ErrorCounts") -> None:
    """The figures that matter most, for people."""
    matrix = counts.matrix
    for name, part in (
        ("pixel accuracy", matrix.pixel_accuracy),
        ("class accuracy", matrix.class_accuracy),
        ("mean IoU", matrix.mean_iou),
        ("calibration error", counts.calibration.expected_calibration_error),
    ):
        if part == part:
            print(f"{name:17} {100 * part:6.1f} %")


if __name__ == "__main__":
    runner.run(main)
