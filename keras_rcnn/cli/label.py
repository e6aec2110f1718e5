r"""Labels photos of your own; seconds for each on two cores.

    keras-rcnn label --model=rcnn2_stanford_background \
        --output_dir=labeled --longest_side=320 street.jpg holiday

For a photo NAME.jpg it writes NAME_labels.png, as large as the photo, whose
values are the classes of the pixels, counted from 0 in the order of the
report's `class_names`, whatever the values in the masks that the model learned
from (a viewer shows it nearly black), and NAME_overlay.png, the photo tinted by
class, with a legend.

Large photos (beyond 25 megapixels at the default `--memory_mb`) are read,
labeled and written strip by strip. Meanwhile their pixels are stored in
OUTPUT_DIR. Their overlays are scaled down to at most 4,000 pixels a side.

`--annotations=voc` writes OUTPUT_DIR/voc as well, to correct the labels in CVAT
or another annotation tool and to train on them by `--dataset=folder
--data_dir=OUTPUT_DIR/voc`. There are `coco` (COCO's panoptic format),
`coco_instances`, `labelme`, `label_studio` and `yolo` as well, and `geojson`,
which cannot be trained on, each in a folder of its name. `--polygons` writes
polygons instead of masks in `coco_instances` and `labelme`.

A network recognizes things at the size that they had in its training photos,
here of 320x240 pixels: scale larger photos down with `--longest_side`, which is
faster, too. `--output_resolution=8` is much faster, with coarser outlines.

Several models, `--model=a,b`, and several views of each photo, `--flip` and
`--scale`, are averaged: more accurate, and as many times slower.

`--maps` takes GeoTIFF files and writes NAME_labels.tif of the same place on
earth, with colors and class names for QGIS, and by `--vectors=gpkg,geojson` a
polygon for each region:

    keras-rcnn label --model=MODEL --maps --output_dir=labeled \
        --bands=3,2,1 --value_range=0,3000 --vectors=gpkg field.tif

`--uncertainty` writes NAME_uncertainty.png as well, as large as the photo: 0
where the model is sure, 255 times (1 minus the probability of the label)
elsewhere.

`--video=clip.mp4` labels the frames of a video instead of photos, and
`--camera=0` shows what a camera sees, labeled. Both need the extra `video`.
"""

import contextlib
import itertools
import pathlib
import sys
import time
from collections.abc import Sequence
from typing import Any

import tqdm

from keras_rcnn.cli import (
    flags,
    map_flags,
    model_flags,
    runner,
    trained_side,
)
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.cli.photos.output_folder import folder_to_fill
from keras_rcnn.errors import InputError, printable
from keras_rcnn.io import photo_files
from keras_rcnn.io.pictures import allow_megapixels

TAKES_ARGUMENTS = True
# Only some models do.
NEEDS_TENSORFLOW = False
FLAGS = flags.Flags()
model_flags.add_labeling(FLAGS)
model_flags.add_views(FLAGS)
flags.add_images(FLAGS)
FLAGS.add_string("output_dir", None, "Where to write.")
flags.add_longest_side(FLAGS)
FLAGS.add_float(
    "max_megapixels",
    None,
    "How large a photo may be; 89, Pillow's limit against decompression "
    "bombs, if not given, and any size of --maps.",
    lower_bound=0,
)
FLAGS.add_bool(
    "uncertainty",
    False,
    "Also write NAME_uncertainty.png: 255 times (1 minus the probability of "
    "the label) of each pixel, 0 where the model is sure.",
)
FLAGS.add_multi_enum(
    "annotations",
    [
        "coco",
        "coco_instances",
        "geojson",
        "label_studio",
        "labelme",
        "voc",
        "yolo",
    ],
    "Also write OUTPUT_DIR/voc (Pascal VOC, for CVAT), OUTPUT_DIR/coco (COCO "
    "panoptic) and so on, with copies of the photos, to correct the labels by "
    "hand and to train on them, except geojson, by --dataset=folder. Several "
    "are separated by commas, or the flag is repeated. All but coco and voc "
    "need the extra annotations.",
)
FLAGS.add_bool(
    "polygons",
    False,
    "Polygons instead of masks in the formats coco_instances and labelme.",
)
map_flags.add_maps(FLAGS)
flags.add_report(
    FLAGS,
    "the fraction of each class in each photo and the seconds spent, in the "
    "network and in total, from the first photo to the last",
)

FLAGS.add_string(
    "video",
    None,
    "Video to label instead of photos. Of clip.mp4 these files are written: "
    "clip_overlay.mp4; clip_labels/000000.png and so on; clip_shares.csv, the "
    "fraction of each class in each frame. The same command continues a run "
    "that was interrupted.",
)
FLAGS.add_enum(
    "video_labels",
    "png",
    ["png", "mp4"],
    "Labels of a video: a PNG file for each frame; or clip_labels.mp4, whose "
    "gray values are the classes, without loss (FFV1).",
)
FLAGS.add_float(
    "temporal_smoothing",
    0.0,
    "Weight, from 0 to less than 1, of the frames before when the "
    "probabilities of a video or camera are averaged: less flicker, and "
    "labels that follow motion later. 0 labels each frame alone.",
    lower_bound=0,
)
FLAGS.check("temporal_smoothing", lambda weight: weight < 1, "give less than 1")
FLAGS.add_integer(
    "camera",
    None,
    "Number of a camera, 0 for the first. What it sees is shown with its "
    "labels on a page of this machine; nothing is written.",
    at_least=0,
)
flags.add_port(FLAGS, "camera_port", 0, "Port of that page; 0: any free one.")
FLAGS.check(
    "output_dir",
    lambda folder: folder or FLAGS["camera"].value is not None,
    "needed without --camera",
)

annotation_files = LazyModule("keras_rcnn.cli.photos.annotations")
camera_page = LazyModule("keras_rcnn.cli.video.camera_page")
clips = LazyModule("keras_rcnn.cli.video.clip_run")
photo_labeling = LazyModule("keras_rcnn.cli.photos.photo_labeling")
photo_stream = LazyModule("keras_rcnn.cli.photos.photo_stream")


def main(arguments: list[str]) -> None:
    """Labels every photo that can be read and names the others."""
    choices = map_flags.prepare(FLAGS)
    if FLAGS.max_megapixels is not None:
        allow_megapixels(FLAGS.max_megapixels)
    if FLAGS.camera is not None or FLAGS.video:
        label_frames(arguments)
        return
    photos = flags.find_photos(FLAGS, arguments, "label", **choices)
    with folder_to_fill(FLAGS.output_dir) as folder:
        label_into(folder, photos)


def label_frames(arguments: list[str]) -> None:
    """Labels a video or what a camera sees."""
    name = "video" if FLAGS.video else "camera"
    others = [
        flag
        for flag in ("camera", "images", "annotations", "polygons", "maps")
        if flag != name and FLAGS[flag].present
    ]
    if arguments or others:
        what = f"--{others[0]}" if others else arguments[0]
        raise InputError(
            f"--{name} labels frames only: leave out {what}, or --{name}."
        )
    if FLAGS.camera is not None:
        camera_page.show_camera(FLAGS)
        return
    with folder_to_fill(FLAGS.output_dir) as folder:
        figures, failure = clips.label_clip(FLAGS, folder)
    runner.write_report(FLAGS.report, figures)
    if failure:
        raise failure


def label_into(folder: pathlib.Path, photos: list[pathlib.Path]) -> None:
    """Labels the photos and writes into a folder."""
    new_job = map_flags.job_maker(FLAGS) if FLAGS.maps else photo_stream.Job
    jobs = [
        new_job(photo, name, folder)
        for photo, name in zip(
            photos, photo_files.output_names(photos), strict=True
        )
    ]
    if not FLAGS.maps:
        trained_side.take_trained_side(FLAGS, FLAGS.model)
    labeler = model_flags.average_views(FLAGS, model_flags.load_labeler(FLAGS))
    annotations = annotation_files.Annotations(
        FLAGS.annotations or (),
        folder,
        labeler.class_names,
        labeler.palette,
        FLAGS.polygons,
    )
    outputs = ((*written(job), *annotations.copies(job)) for job in jobs)
    photo_files.refuse_to_overwrite(photos, itertools.chain(*outputs))
    figures = label_photos(labeler, jobs, annotations)
    if figures["photos"]:
        annotations.finish()
    runner.write_report(FLAGS.report, figures)
    if failures := figures["failures"]:
        raise InputError(
            f"{len(failures)} of {len(photos)} photos could not be labeled:",
            *failures,
        )


def label_photos(
    labeler: Any, jobs: Sequence[Any], annotations: Any
) -> dict[str, Any]:
    """Labels the photos, prints the classes on each, and returns the report."""
    start = time.perf_counter()
    new_labeling = (
        map_flags.labeling_maker(FLAGS)
        if FLAGS.maps
        else photo_labeling.PhotoLabeling
    )
    labeling = new_labeling(
        labeler,
        FLAGS.longest_side,
        FLAGS.memory_mb,
        annotations,
        FLAGS.uncertainty,
    )
    measured = map(labeling.measure, jobs)
    stream = photo_stream.stream(
        photo_stream.windows(measured, labeling.max_pixels),
        labeling.read,
        labeling.label,
        labeling.write,
    )
    labeled, failures = [], []
    bar = tqdm.tqdm(
        stream, "Labeling", len(jobs), unit="photo", file=sys.stderr
    )
    with contextlib.closing(stream), bar:
        for job in bar:
            for note in job.notes:
                bar.write(f"note: {printable(note)}", file=sys.stderr)
            if job.failure:
                failures.append(job.failure)
                continue
            fractions = largest_first(job.shares, labeler.class_names)
            names = ", ".join(map(str, written(job)))
            bar.write(printable(f"{job.photo} -> {names}"))
            bar.write(f"  {describe(fractions)}")
            labeled.append(
                {
                    "photo": str(job.photo),
                    "labels": str(job.labels_file),
                    "shares": fractions,
                    **job.more_figures,
                }
            )
            if FLAGS.uncertainty:
                labeled[-1]["uncertainty"] = job.mean_uncertainty
    return {
        "class_names": labeler.class_names,
        "photos": labeled,
        "failures": failures,
        "seconds_in_network": labeling.network_seconds,
        "seconds_total": time.perf_counter() - start,
    }


def written(job: Any) -> list[pathlib.Path]:
    """The pictures that are written of a photo."""
    files = [job.labels_file, job.overlay_file]
    if FLAGS.uncertainty:
        files.append(job.uncertainty_file)
    return [*files, *job.more_files]


def largest_first(
    fractions: Any, class_names: Sequence[str]
) -> dict[str, float]:
    """The fraction of each class that is on a photo, the largest first."""
    named = zip(class_names, fractions.tolist(), strict=True)
    ordered = sorted(named, key=lambda pair: -pair[1])
    return {name: fraction for name, fraction in ordered if fraction}


def describe(fractions: dict[str, float]) -> str:
    """Fractions as percentages in a line."""
    return ", ".join(
        f"{name} {100 * fraction:.1f} %" for name, fraction in fractions.items()
    )
