r"""Labels photos of your own; seconds for each on two cores.

    python tools/label.py --model=saved_models/rcnn2_stanford_background \
        --images=street.jpg --images=holiday --output_dir=labelled \
        --longest_side=320

For a photo NAME.jpg it writes NAME_labels.png, as large as the photo, with
the class of each pixel as its value, and NAME_overlay.png to look at.

A network knows things at the size that they had in its training photos, here
320x240 pixels: scale larger ones down with `--longest_side`, which is faster,
too. So is `--output_resolution=8`, by far, with coarser outlines.
"""

import itertools
import pathlib
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import labeling_flags
import program
from absl import flags

if TYPE_CHECKING:
    import numpy as np

    from keras_rcnn.labeling.loaded_labeler import LoadedLabeler

FLAGS = flags.FLAGS
labeling_flags.define()
flags.DEFINE_multi_string(
    "images",
    None,
    "Files, patterns such as 'photos/*.jpg', or folders (the photos right in "
    "them), with commas between or repeated; what follows without any flag "
    "counts as well.",
    required=True,
)
flags.DEFINE_string("output_dir", None, "Where to write.", required=True)
flags.DEFINE_integer(
    "longest_side",
    None,
    "Scale larger photos down to this many pixels to label them.",
    lower_bound=1,
)
flags.DEFINE_string("report", None, "JSON file for the shares of each photo.")


def main(arguments: list[str]) -> None:
    """Labels every photo that can be read and names the others."""
    import photo_files
    import tqdm

    from keras_rcnn.errors import InputError
    from keras_rcnn.files import make_folder
    from keras_rcnn.images import read_image

    asked = [*photo_files.split_at_commas(FLAGS.images), *arguments]
    photos = photo_files.find_photos(asked)
    folder = make_folder(FLAGS.output_dir)
    outputs = [
        output_files(folder, name) for name in photo_files.output_names(photos)
    ]
    photo_files.refuse_to_overwrite(photos, itertools.chain(*outputs))
    labeler = labeling_flags.load_labeler()
    labelled: list[dict[str, Any]] = []
    failures = []
    bar = tqdm.tqdm(photos, "Labeling", unit="photo", file=sys.stderr)
    for photo, files in zip(bar, outputs, strict=True):
        try:
            image = read_image(photo)
            labels = label(labeler, image, photo)
        except InputError as error:
            failures.append(str(error))
            continue
        # Where one cannot be written, none can: the run ends.
        write(labeler, image, labels, files)
        found = shares(labels, labeler.class_names)
        bar.write(f"{photo} -> {files[0]}, {files[1]}")
        bar.write(f"  {describe(found)}")
        labelled.append(
            {"photo": str(photo), "labels": str(files[0]), "shares": found}
        )
    program.write_report(
        FLAGS.report, {"photos": labelled, "failures": failures}
    )
    if failures:
        raise InputError(
            f"{len(failures)} of {len(photos)} photos could not be labelled:"
            + "".join(f"\n  {failure}" for failure in failures)
        )


def output_files(
    folder: pathlib.Path, name: str
) -> tuple[pathlib.Path, pathlib.Path]:
    """Files of the labels and of the overlay."""
    return folder / f"{name}_labels.png", folder / f"{name}_overlay.png"


def label(
    labeler: "LoadedLabeler", image: "np.ndarray", photo: pathlib.Path
) -> "np.ndarray":
    """Labels of the photo's own size."""
    from keras_rcnn.images import resize_labels, scale_down

    labels = labeler(scale_down(image, FLAGS.longest_side), photo)
    return resize_labels(labels, *image.shape[:2])


def write(
    labeler: "LoadedLabeler",
    image: "np.ndarray",
    labels: "np.ndarray",
    files: tuple[pathlib.Path, pathlib.Path],
) -> None:
    """Writes the labels and the picture of them."""
    from keras_rcnn.images import write_png
    from keras_rcnn.visualization import overlay_with_legend

    write_png(files[0], labels)
    picture = overlay_with_legend(
        image, labels, labeler.class_names, labeler.palette
    )
    write_png(files[1], picture)


def shares(
    labels: "np.ndarray", class_names: Sequence[str]
) -> dict[str, float]:
    """Part of the photo of each class that there is, the largest first."""
    from keras_rcnn.visualization import label_shares

    parts = label_shares(labels, len(class_names)).tolist()
    ordered = sorted(zip(class_names, parts, strict=True), key=lambda x: -x[1])
    return {name: part for name, part in ordered if part}


def describe(found: dict[str, float]) -> str:
    """Shares as a person reads them."""
    return ", ".join(
        f"{name} {100 * part:.1f} %" for name, part in found.items()
    )


if __name__ == "__main__":
    program.run(main, takes_arguments=True)
