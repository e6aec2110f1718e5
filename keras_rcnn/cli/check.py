r"""Finds errors in labeled photos before a network is trained on them.

    keras-rcnn check --dataset=folder --data_dir=FOLDER --output=report.html

Each line that begins with `error:` names a file that stops training and how to
fix it; the exit status is then 1. Lines that begin with `note:` are for you to
judge: photos that look the same, above all a training photo and a test photo;
masks that are unknown everywhere or speckled; classes that no photo has; photos
that are much larger than the others. The HTML report adds the fraction of each
class, sizes, and pictures. Published data sets can be checked as well:

    keras-rcnn check --dataset=stanford_background
"""

import itertools
import pathlib
import sys
from collections.abc import Iterable, Sequence
from typing import Any

import tqdm

from keras_rcnn.cli import flags, runner
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError

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

checked_photos = LazyModule("keras_rcnn.datasets.checks.checked_photos")
dataset_check = LazyModule("keras_rcnn.datasets.checks.dataset_check")
dataset_findings = LazyModule("keras_rcnn.datasets.checks.dataset_findings")
finding = LazyModule("keras_rcnn.datasets.checks.finding")
folder_data = LazyModule("keras_rcnn.datasets.folder")
dataset_page = LazyModule("keras_rcnn.reports.dataset_page")


def main() -> None:
    """Checks all photos and prints the findings."""
    name, check = check_folder() if FLAGS.dataset == "folder" else check_other()
    findings = dataset_findings.all_findings(check, FLAGS.similarity)
    print_findings(name, check, findings)
    if FLAGS.output:
        dataset_page.write_dataset_page(FLAGS.output, name, check, findings)
    runner.write_report(FLAGS.report, check.figures(findings))
    if num_errors := sum(each.is_error for each in findings):
        raise InputError(
            f"{num_errors} of these stop training: fix what the lines that "
            "begin with `error:` name, and check again."
        )


def check_folder() -> tuple[str, Any]:
    """Checks the photos of a folder, which may be broken.

    Returns:
        Name of the folder and its `DatasetCheck`.
    """
    if FLAGS.data_dir is None:
        raise InputError("--dataset=folder needs the folder: give --data_dir.")
    folder = pathlib.Path(FLAGS.data_dir).expanduser()
    layout = folder_data.folder_layout(folder)
    check = dataset_check.DatasetCheck(layout.class_names, layout.palette)
    check.findings += [
        finding.Finding(text, is_error=True) for text in layout.problems
    ]
    check.findings += [
        finding.Finding(f"{path} is not used, as nothing labels or lists it.")
        for path in layout.unused
    ]
    photos = checked_photos.photos_of_folder(folder, layout, FLAGS.longest_side)
    for photo in progress_bar(photos, len(layout.photos)):
        check.add(photo)
    return folder.resolve().name, check


def check_other() -> tuple[str, Any]:
    """Checks the photos of a published or generated data set.

    Returns:
        Name of the data set and its `DatasetCheck`.
    """
    parts = {
        split: flags.load_dataset(FLAGS, split)
        for split in dataset_check.SPLITS
    }
    dataset = parts["train"]
    check = dataset_check.DatasetCheck(dataset.class_names, dataset.palette)
    photos = itertools.chain.from_iterable(
        checked_photos.photos_of_dataset(part, split)
        for split, part in parts.items()
    )
    total = sum(part.num_examples for part in parts.values())
    for photo in progress_bar(photos, total):
        check.add(photo)
    return dataset.name, check


def progress_bar(photos: Iterable[Any], total: int) -> Iterable[Any]:
    """Shows how many photos are checked."""
    return tqdm.tqdm(photos, "Checking", total, unit="photo", file=sys.stderr)


def print_findings(name: str, check: Any, findings: Sequence[Any]) -> None:
    """Prints the fraction of each class, then the findings."""
    train, test = (check.splits.count(split) for split in check.counts)
    print(
        f"{name}: {train} photos to train on, {test} test photos, "
        f"{100 * check.unknown:.1f} % of the pixels unknown, of the others:"
    )
    for index, class_name in enumerate(check.class_names):
        fractions = [
            f"{split} {100 * check.shares(split)[index]:6.2f} %"
            for split in check.counts
        ]
        print(f"  {class_name:20} {'  '.join(fractions)}")
    for each in findings:
        kind = "error" if each.is_error else "note"
        print(f"{kind}: {each.text}")
