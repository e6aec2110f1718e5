r"""Finds errors in labeled photos before a network is trained on them.

    keras-rcnn check --dataset=folder --data_dir=FOLDER --output=report.html

Each line that begins with `error:` names a file that stops training and how to
fix it; the exit status is then 1. Lines that begin with `note:` are for you to
judge: photos that look the same, above all a training photo and a test photo,
which `--group_by=near_duplicates` puts on one side; masks that are unknown
everywhere or speckled; classes that no photo has; photos that are much larger
than the others. The HTML report adds the fraction of each class, sizes, and
pictures. Published data sets can be checked as well:

    keras-rcnn check --dataset=stanford_background
"""

import dataclasses
from collections.abc import Sequence
from typing import Any

from keras_rcnn.cli import flags, runner
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError, printable

FLAGS = flags.Flags()
flags.add_dataset(FLAGS)
FLAGS.add_string(
    "output", None, "HTML file for the report; none is written if not given."
)
flags.add_report(FLAGS)
FLAGS.add_float(
    "similarity",
    0.985,
    "Least correlation, from 0 to 1, of photos that look the same, both scaled "
    "to 24x24 gray pixels.",
    lower_bound=0.5,
    upper_bound=1,
)

checks = LazyModule("keras_rcnn.datasets.checks")
dataset_page = LazyModule("keras_rcnn.reports.dataset_page")
dataset_pictures = LazyModule("keras_rcnn.reports.dataset_pictures")


def main() -> None:
    """Checks all photos and prints the findings."""
    if FLAGS.dataset == "folder" and FLAGS.data_dir:
        check = checks.folder_check(
            FLAGS.data_dir, **flags.folder_choices(FLAGS)
        )
    else:
        check = checks.splits_check(
            {s: flags.load_dataset(FLAGS, s) for s in ("train", "test")}
        )
    pictures = dataset_pictures.DatasetPictures(check.palette)
    check.run(pictures.add if FLAGS.output else None)
    findings = [
        dataclasses.replace(each, text=runner.name_flags(each.text, FLAGS))
        for each in checks.all_findings(check, FLAGS.similarity)
    ]
    print_findings(check, findings)
    if FLAGS.output:
        dataset_page.write_dataset_page(FLAGS.output, check, findings, pictures)
        print(f"{FLAGS.output}: open it in a browser")
    runner.write_report(FLAGS.report, check.figures(findings))
    if num_errors := sum(each.is_error for each in findings):
        raise InputError(
            f"{num_errors} of these findings prevent training: fix what the "
            "lines that begin with `error:` name, and check again."
        )


def print_findings(check: Any, findings: Sequence[Any]) -> None:
    """Prints the fraction of each class, then the findings."""
    train, test = (check.splits.count(split) for split in check.counts)
    photos = f"{train} photos to train on, {test} test photos"
    unknown = (
        f", {100 * check.unknown:.1f} % of the pixels unknown, of the others:"
    )
    print(
        f"{printable(check.name)}: {photos}"
        + (unknown if check.num_labeled else ", no labels that can be read.")
    )
    for index, class_name in enumerate(check.class_names):
        if not check.num_labeled:
            break
        fractions = [
            f"{split} {100 * check.shares(split)[index]:6.2f} %"
            for split in check.counts
        ]
        print(f"  {class_name:20} {'  '.join(fractions)}")
    for each in findings:
        kind = "error" if each.is_error else "note"
        print(f"{kind}: {each.text}")
