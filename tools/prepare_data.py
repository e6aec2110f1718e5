r"""Prepares a published data set for training and scoring; a minute or less.

    python tools/prepare_data.py --dataset=stanford_background \
        --manual_dir=FOLDER

FOLDER holds the archive as its authors distribute it, `iccv09Data.tar.gz` or
`SiftFlowDataset.zip`, or what it unpacks to. Images it names that are broken
or without labels are refused; mend or remove them and run it again.
"""

import program
from absl import flags

FLAGS = flags.FLAGS
flags.DEFINE_enum(
    "dataset",
    None,
    ["stanford_background", "sift_flow"],
    "What to prepare.",
    required=True,
)
flags.DEFINE_string(
    "manual_dir", None, "Folder that holds the archive.", required=True
)
flags.DEFINE_string(
    "data_dir", None, "Where to write; ~/tensorflow_datasets if not given."
)
flags.DEFINE_string("report", None, "JSON file for the figures.")
flags.DEFINE_bool("overwrite", False, "Build anew what was built before.")


def main() -> None:
    """Builds the data set and says what is in it."""
    from keras_rcnn.datasets import class_shares, load_dataset, prepare

    folder = prepare(
        FLAGS.dataset, FLAGS.manual_dir, FLAGS.data_dir, FLAGS.overwrite
    )
    dataset = load_dataset(FLAGS.dataset, FLAGS.data_dir, split="all")
    shares, unknown = class_shares(dataset)
    print(f"{dataset.name}: {dataset.num_examples} photos in {folder}")
    print(f"{100 * unknown:.1f} % of the pixels unknown, of the others:")
    for name, share in zip(dataset.class_names, shares, strict=True):
        print(f"  {name:20} {100 * share:6.2f} %")
    program.write_report(
        FLAGS.report,
        {
            "num_images": dataset.num_examples,
            "unknown": unknown,
            "shares": dict(
                zip(dataset.class_names, shares.tolist(), strict=True)
            ),
        },
    )


if __name__ == "__main__":
    program.run(main)
