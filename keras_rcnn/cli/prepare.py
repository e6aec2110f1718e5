r"""Prepares a published data set for training and scoring; a minute or less.

    keras-rcnn prepare --dataset=stanford_background --manual_dir=FOLDER

FOLDER holds the archive as its authors distribute it, `iccv09Data.tar.gz` or
`SiftFlowDataset.zip`, or what it unpacks to. Images that the archive names and
that are broken or have no labels are refused: fix or remove them and run it
again.
"""

import keras_rcnn
from keras_rcnn.cli import flags, runner

FLAGS = flags.Flags()
FLAGS.add_enum(
    "dataset",
    None,
    ["stanford_background", "sift_flow"],
    "What to prepare.",
    required=True,
)
FLAGS.add_string(
    "manual_dir", None, "Folder that holds the archive.", required=True
)
FLAGS.add_string(
    "data_dir", None, "Where to write; ~/tensorflow_datasets if not given."
)
FLAGS.add_bool("overwrite", False, "Build the data set again if it is there.")
flags.add_report(FLAGS)


def main() -> None:
    """Builds the data set and prints what is in it."""
    datasets = keras_rcnn.datasets
    folder = datasets.prepare(
        FLAGS.dataset, FLAGS.manual_dir, FLAGS.data_dir, FLAGS.overwrite
    )
    dataset = datasets.load_dataset(FLAGS.dataset, FLAGS.data_dir, split="all")
    fractions, unknown = datasets.class_shares(dataset)
    print(f"{dataset.name}: {dataset.num_examples} photos in {folder}")
    print(f"{100 * unknown:.1f} % of the pixels unknown, of the others:")
    named = dict(zip(dataset.class_names, fractions.tolist(), strict=True))
    for name, fraction in named.items():
        print(f"  {name:20} {100 * fraction:6.2f} %")
    figures = {
        "num_images": dataset.num_examples,
        "unknown": unknown,
        "shares": named,
    }
    runner.write_report(FLAGS.report, figures)
