r"""Labels photos of your own; seconds for each on two cores.

    python tools/label.py --model=saved_models/rcnn2_stanford_background \
        --images=street.jpg --images=holiday --output_dir=labeled \
        --longest_side=320

For a photo NAME.jpg it writes NAME_labels.png, as large as the photo, with
the class of each pixel as its value, counted from 0 in the order of the
report's `class_names`, hence all but black in a viewer, and NAME_overlay.png to
look at.

Large photos (beyond 25 megapixels, `--memory_mb` being what it is by default)
are read, labeled and written strip by strip. Their pixels lie in OUTPUT_DIR
meanwhile, and their overlays are scaled down to at most 4,000 pixels a side.

`--annotations=voc` writes OUTPUT_DIR/voc as well, to correct the labels in CVAT
or another annotation tool and to train on them by `--dataset=folder
--data_dir=OUTPUT_DIR/voc`; `--annotations=coco` writes OUTPUT_DIR/coco, COCO's
panoptic format.

A network knows things at the size that they had in its training photos, here
320x240 pixels: scale larger ones down with `--longest_side`, which is faster,
too. So is `--output_resolution=8`, by far, with coarser outlines.
"""

import contextlib
import itertools
import sys
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from absl import flags

from keras_rcnn.cli import float_flags, labeling_flags, runner

if TYPE_CHECKING:
    import numpy as np

    from keras_rcnn.cli.photos.annotations import Annotations
    from keras_rcnn.cli.photos.photo_stream import Job
    from keras_rcnn.runtime.loading import Labeler

FLAGS = flags.FLAGS
labeling_flags.define()
flags.DEFINE_multi_string(
    "images",
    None,
    "Files, patterns such as 'photos/*.jpg', or folders (the photos right in "
    "them), with commas between or repeated; what follows without any flag "
    "counts as well.",
)
flags.DEFINE_string("output_dir", None, "Where to write.", required=True)
flags.DEFINE_integer(
    "longest_side",
    None,
    "Scale larger photos down to this many pixels to label them.",
    lower_bound=1,
)
float_flags.define_float(
    "max_megapixels",
    None,
    "How large a photo may be; 89, Pillow's guard against files made to fill "
    "the memory, if not given.",
    lower_bound=0,
)
flags.DEFINE_multi_enum(
    "annotations",
    None,
    ["coco", "voc"],
    "Also write OUTPUT_DIR/voc (Pascal VOC, for CVAT and --dataset=folder) or "
    "OUTPUT_DIR/coco (COCO panoptic), with copies of the photos, to correct "
    "the labels by hand.",
)
flags.DEFINE_string(
    "report",
    None,
    "JSON file for the shares of each photo and the seconds spent, in the "
    "network and in total, from the first photo to the last.",
)


def main(arguments: list[str]) -> None:
    """Labels every photo that can be read and names the others."""
    from keras_rcnn.cli.photos.annotations import Annotations
    from keras_rcnn.cli.photos.photo_stream import Job
    from keras_rcnn.errors import InputError
    from keras_rcnn.io import photo_files
    from keras_rcnn.io.files import make_folder
    from keras_rcnn.io.images import allow_megapixels

    if FLAGS.max_megapixels is not None:
        allow_megapixels(FLAGS.max_megapixels)
    asked = [*photo_files.split_at_commas(FLAGS.images or []), *arguments]
    if not asked:
        raise InputError(
            "There are no photos to label: give --images=FILE, a pattern or a "
            "folder."
        )
    photos = photo_files.find_photos(asked)
    folder = make_folder(FLAGS.output_dir)
    jobs = [
        Job(photo, name, folder)
        for photo, name in zip(
            photos, photo_files.output_names(photos), strict=True
        )
    ]
    labeler = labeling_flags.load_labeler()
    classes = labeler.class_names, labeler.palette
    annotations = Annotations(FLAGS.annotations or (), folder, *classes)
    outputs = (
        (job.labels_file, job.overlay_file, *annotations.copies(job))
        for job in jobs
    )
    photo_files.refuse_to_overwrite(photos, itertools.chain(*outputs))
    figures = label(labeler, jobs, annotations)
    if figures["photos"]:
        annotations.finish()
    runner.write_report(FLAGS.report, figures)
    if failures := figures["failures"]:
        raise InputError(
            f"{len(failures)} of {len(photos)} photos could not be labeled:"
            + "".join(f"\n  {failure}" for failure in failures)
        )


def label(
    labeler: "Labeler",
    jobs: Sequence["Job"],
    annotations: "Annotations",
) -> dict[str, Any]:
    """Labels the photos, says what is on each, and gives the report."""
    import tqdm

    from keras_rcnn.cli.photos import photo_stream
    from keras_rcnn.cli.photos.photo_labeling import PhotoLabeling

    start = time.perf_counter()
    labeling = PhotoLabeling(
        labeler, FLAGS.longest_side, FLAGS.memory_mb, annotations
    )
    measured = map(labeling.measure, jobs)
    stream = photo_stream.stream(
        photo_stream.windows(measured, labeling.max_pixels),
        labeling.read,
        labeling.label,
        labeling.write,
    )
    labeled, failures = [], []
    total = len(jobs)
    with (
        contextlib.closing(stream),
        tqdm.tqdm(
            stream, "Labeling", total, unit="photo", file=sys.stderr
        ) as bar,
    ):
        for job in bar:
            if job.failure:
                failures.append(job.failure)
                continue
            found = by_share(job.shares, labeler.class_names)
            bar.write(f"{job.photo} -> {job.labels_file}, {job.overlay_file}")
            bar.write(f"  {describe(found)}")
            labeled.append(
                {
                    "photo": str(job.photo),
                    "labels": str(job.labels_file),
                    "shares": found,
                }
            )
    return {
        "class_names": labeler.class_names,
        "photos": labeled,
        "failures": failures,
        "seconds_in_network": labeling.network_seconds,
        "seconds_total": time.perf_counter() - start,
    }


def by_share(
    shares: "np.ndarray", class_names: Sequence[str]
) -> dict[str, float]:
    """Part of the photo of each class that there is, the largest first."""
    named = zip(class_names, shares.tolist(), strict=True)
    ordered = sorted(named, key=lambda pair: -pair[1])
    return {name: part for name, part in ordered if part}


def describe(found: dict[str, float]) -> str:
    """Shares as a person reads them."""
    return ", ".join(
        f"{name} {100 * part:.1f} %" for name, part in found.items()
    )


if __name__ == "__main__":
    runner.run(main, takes_arguments=True)
