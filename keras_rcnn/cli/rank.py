r"""Orders photos without labels by what labeling them would teach a model.

    keras-rcnn rank --model=runs/mine --images=new_photos --longest_side=320 \
        --list=next.txt --output=next.html

The score of a photo is its mean uncertainty (1 minus the probability of the
label of a pixel) plus the mean disagreement of the instances (the part of the
probability that the last instance took from the classes of those before it).
Each next photo is the one whose score times its distance to the nearest photo
before it is highest, so that photos that look to the model like those before
are passed over.

`--list` is a text file with a photo a line, which `--images` of this command
and of `keras-rcnn label` take. `--output` is an HTML page with the first
photos, their labels, and maps of their uncertainty and disagreement. Several
models, `--model=a,b`, may disagree as well.
"""

import pathlib
import sys
from typing import Any

import numpy as np
import tqdm

from keras_rcnn.cli import flags, model_flags, runner, trained_side
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError, printable
from keras_rcnn.io import photo_files
from keras_rcnn.io.images import read_image, scale_down

TAKES_ARGUMENTS = True
FLAGS = flags.Flags()
model_flags.add_labeling(FLAGS)
flags.add_images(FLAGS)
flags.add_longest_side(FLAGS)
FLAGS.add_integer(
    "num_photos", None, "How many photos to choose; all if not given."
)
FLAGS.add_string("list", None, "Text file for the photos in their order.")
FLAGS.add_string("output", None, "HTML file for the first photos and maps.")
FLAGS.add_integer(
    "num_pictures", 40, "How many photos to show in --output.", at_least=0
)
flags.add_report(FLAGS, "the photos in their order with their scores")

photo_ranking = LazyModule("keras_rcnn.labeling.photo_ranking")
ranking_page = LazyModule("keras_rcnn.reports.ranking_page")
labelers = LazyModule("keras_rcnn.labeling.labeler")

# Memory for each class and pixel of a photo: probabilities of two labelers.
_BYTES_A_PROBABILITY = 12


def main(arguments: list[str]) -> None:
    """Looks at all photos, orders them, writes what was asked for."""
    photos = flags.find_photos(FLAGS, arguments, "rank")
    outputs = (FLAGS.list, FLAGS.output, FLAGS.report)
    photo_files.refuse_to_overwrite(
        photos, [pathlib.Path(file).expanduser() for file in outputs if file]
    )
    trained_side.take_trained_side(FLAGS, FLAGS.model)
    estimator = photo_ranking.UncertaintyEstimator(
        model_flags.load_labeler(FLAGS)
    )
    # A model that gives no probabilities fails once, not for each photo.
    estimator(np.zeros((1, 1, 3), np.uint8))
    ranked, failures = order_photos(photos, estimator)
    if ranked:
        write_outputs(ranked, failures, len(photos), estimator)
    if failures:
        raise InputError(
            f"{len(failures)} of {len(photos)} photos could not be ranked:",
            *failures,
        )


def write_outputs(
    ranked: list[dict[str, Any]],
    failures: list[str],
    num_photos: int,
    estimator: Any,
) -> None:
    """Prints the order of the photos and writes what was asked for."""
    for number, each in enumerate(ranked, 1):
        print(
            f"{number}. {printable(each['photo'])}: uncertainty "
            f"{100 * each['uncertainty']:.1f} %, disagreement "
            f"{100 * each['disagreement']:.1f} %"
        )
    if FLAGS.list:
        photo_files.write_list(FLAGS.list, [each["photo"] for each in ranked])
        print(f"{FLAGS.list}: the photos in this order, for --images")
    if FLAGS.output:
        write_page(ranked, num_photos, estimator)
        print(f"{FLAGS.output}: open it in a browser")
    runner.write_report(FLAGS.report, {"photos": ranked, "failures": failures})


def order_photos(
    photos: list[pathlib.Path], estimator: Any
) -> tuple[list[dict[str, Any]], list[str]]:
    """The chosen photos in order with their figures, and failures."""
    found: list[dict[str, Any]] = []
    scores, descriptions, failures = [], [], []
    for photo in tqdm.tqdm(photos, "Looking", unit="photo", file=sys.stderr):
        try:
            unknown = look(photo, estimator)[1]
        except InputError as error:
            failures.append(str(error))
            continue
        scores.append(unknown.score)
        descriptions.append(unknown.description)
        found.append(
            {
                "photo": str(photo),
                "uncertainty": float(unknown.uncertainty.mean()),
                "disagreement": float(unknown.disagreement.mean()),
            }
        )
    order = photo_ranking.rank_photos(scores, descriptions)
    return [found[number] for number in order[: FLAGS.num_photos]], failures


def look(photo: pathlib.Path, estimator: Any) -> tuple[Any, Any]:
    """A photo, scaled as it is labeled, and what is unknown about it.

    Raises:
        InputError: if it cannot be read or is too large.
    """
    image = scale_down(read_image(photo), FLAGS.longest_side)
    size = _BYTES_A_PROBABILITY * len(estimator.labeler.class_names)
    height, width, _ = image.shape
    if height * width * size > FLAGS.memory_mb * 1e6:
        raise labelers.TooLargeError(height, width, "--memory_mb", photo)
    with labelers.naming_photo(photo):
        return image, estimator(image)


def write_page(
    ranked: list[dict[str, Any]], num_photos: int, estimator: Any
) -> None:
    """Writes the HTML page."""
    shown = ranked[: FLAGS.num_pictures]
    labeler = estimator.labeler
    ranking_page.write_ranking_page(
        FLAGS.output,
        (
            ranking_page.RankedPhoto(
                each["photo"], *look(pathlib.Path(each["photo"]), estimator)
            )
            for each in shown
        ),
        labeler.class_names,
        labeler.palette,
        {"model": FLAGS.model, "photos": f"{len(ranked)} of {num_photos}"},
    )
