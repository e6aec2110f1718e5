r"""Finds what is wrong with labeled photos before a network learns from them.

    python tools/check_dataset.py --dataset=folder --data_dir=FOLDER \
        --output=report.html

Every file that stops training is named with its mend, an `error:` a line, and
the exit status is 1 if there is one. Lines of `note:` are for you to judge:
photos that look the same, above all one to train on and one of the test
photos; masks that are unknown all over or speckled; classes that are on no
photo; photos much larger than the others. The report adds shares of the
classes, sizes, and pictures. Published data sets work as well:

    python tools/check_dataset.py --dataset=stanford_background
"""

import pathlib
import sys
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import dataset_flags, float_flags, runner

if TYPE_CHECKING:
    from keras_rcnn.datasets.checks.dataset_check import DatasetCheck
    from keras_rcnn.datasets.checks.finding import Finding

FLAGS = flags.FLAGS
dataset_flags.define()
flags.DEFINE_string(
    "output", None, "HTML file for the report; none is written if not given."
)
flags.DEFINE_string("report", None, "JSON file for the figures.")
float_flags.define_float(
    "similarity",
    0.985,
    "Least correlation, from 0 to 1, of photos that look the same, both scaled "
    "to 24x24 gray pixels.",
    lower_bound=0.5,
    upper_bound=1,
)


def main() -> None:
    """Looks at all photos and says what there is to say."""
    from keras_rcnn.datasets.checks.dataset_findings import all_findings
    from keras_rcnn.errors import InputError
    from keras_rcnn.reports.dataset_page import write_dataset_page

    name, check = check_folder() if FLAGS.dataset == "folder" else check_other()
    findings = all_findings(check, FLAGS.similarity)
    print_findings(name, check, findings)
    if FLAGS.output:
        write_dataset_page(FLAGS.output, name, check, findings)
    runner.write_report(FLAGS.report, check.figures(findings))
    if num_errors := sum(finding.is_error for finding in findings):
        raise InputError(
            f"{num_errors} of these stop training: mend what the lines that "
            "begin with `error:` name, and check again."
        )


def check_folder() -> tuple[str, "DatasetCheck"]:
    """Looks at your own photos, broken ones included."""
    import tqdm

    from keras_rcnn.datasets.checks.checked_photos import photos_of_folder
    from keras_rcnn.datasets.checks.dataset_check import DatasetCheck
    from keras_rcnn.datasets.checks.finding import Finding
    from keras_rcnn.datasets.folder import folder_layout
    from keras_rcnn.errors import InputError

    if FLAGS.data_dir is None:
        raise InputError("--dataset=folder needs the folder: give --data_dir.")
    folder = pathlib.Path(FLAGS.data_dir).expanduser()
    layout = folder_layout(folder)
    check = DatasetCheck(layout.class_names, layout.palette)
    check.findings += [Finding(text, is_error=True) for text in layout.problems]
    check.findings += [
        Finding(f"{path} is not used, as nothing labels or lists it.")
        for path in layout.unused
    ]
    for photo in tqdm.tqdm(
        photos_of_folder(folder, layout, FLAGS.longest_side),
        "Checking",
        len(layout.photos),
        unit="photo",
        file=sys.stderr,
    ):
        check.add(photo)
    return folder.resolve().name, check


def check_other() -> tuple[str, "DatasetCheck"]:
    """Looks at photos that are known to be whole."""
    import tqdm

    from keras_rcnn.datasets.checks.checked_photos import photos_of_dataset
    from keras_rcnn.datasets.checks.dataset_check import SPLITS, DatasetCheck

    parts = {split: dataset_flags.load_dataset(split) for split in SPLITS}
    dataset = parts[SPLITS[0]]
    check = DatasetCheck(dataset.class_names, dataset.palette)
    with tqdm.tqdm(
        desc="Checking",
        total=sum(part.num_examples for part in parts.values()),
        unit="photo",
        file=sys.stderr,
    ) as bar:
        for split, part in parts.items():
            for photo in photos_of_dataset(part, split):
                check.add(photo)
                bar.update()
    return dataset.name, check


def print_findings(
    name: str, check: "DatasetCheck", findings: "list[Finding]"
) -> None:
    """The findings and the shares of the classes for people."""
    train, test = (check.splits.count(split) for split in check.counts)
    print(
        f"{name}: {train} photos to train on, {test} test photos, "
        f"{100 * check.unknown:.1f} % of the pixels unknown, of the others:"
    )
    for index, class_name in enumerate(check.class_names):
        shares = [
            f"{split} {100 * check.shares(split)[index]:6.2f} %"
            for split in check.counts
        ]
        print(f"  {class_name:20} {'  '.join(shares)}")
    for finding in findings:
        kind = "error" if finding.is_error else "note"
        print(f"{kind}: {finding.text}")


if __name__ == "__main__":
    runner.run(main)
