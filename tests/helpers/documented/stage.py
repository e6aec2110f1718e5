"""A folder with the files that the examples of the documentation need."""

import json
import re
import shutil
import sys
import zipfile

import numpy as np
from PIL import Image
from sklearn.datasets import load_sample_image

from docs.build import aerial_scene
from experiments.video import write_clip
from keras_rcnn.datasets import prepare
from keras_rcnn.datasets.synthetic import CLASS_NAMES, PALETTE, draw_scene
from tests.helpers.documented.blocks import ROOT
from tests.helpers.made_up_archives import pack, write_sift_flow, write_stanford
from tests.helpers.scene_folder import write_scenes

# Examples write into it.
COPIED = ("docs",)
LINKED = (
    "benchmarks",
    "experiments",
    "saved_models",
    "tools",
    "Makefile",
    "pyproject.toml",
    "setup.py",
    "requirements.lock",
    "requirements-extras.lock",
)
# Runs that the examples of a page assume, and the networks in them.
RUNS = {
    "docs/annotation_tools.md": ("mine", "plain_stanford_background"),
    "docs/demo.md": ("mine", "rcnn2_stanford_background"),
    "docs/maps.md": ("mine", "plain_stanford_background"),
    "docs/performance.md": (
        "stanford_plain_paper",
        "plain_stanford_background",
    ),
}
NUM_SCENES = 8


def set_up(stage, page, variant):
    """Lays out the folder for the examples of a page.

    Args:
        stage: an empty folder.
        page: page whose examples will be run in it.
        variant: variant of the page, see `test_examples.py`.
    """
    for name in COPIED:
        shutil.copytree(ROOT / name, stage / name)
    for name in LINKED:
        (stage / name).symlink_to(ROOT / name)
    _link_package(ROOT / "keras_rcnn", stage / "keras_rcnn")
    _write_photos(stage)
    archives = stage / "FOLDER_OF_THE_ARCHIVE"
    pack(write_stanford(archives), "gztar")
    pack(write_sift_flow(archives), "zip")
    if page in RUNS:
        run, model = RUNS[page]
        _copy_model(model, stage / "runs" / run)
    if page in ("docs/afternoon.md", "docs/teach.md"):
        # What somebody has painted and learned on the page.
        write_scenes(stage / "taught")
        _copy_model("rcnn2_stanford_background", stage / "taught/runs/1")
    if page == "docs/performance.md":
        prepare("stanford_background", archives, stage / "tensorflow_datasets")
    if page == "docs/video.md":
        _write_video(stage)
    if page == "docs/maps.md":
        _write_maps(stage)
    if variant == "labelme":
        _write_labelme(stage)
    elif variant == "cvat":
        _write_cvat(stage)
    else:
        write_scenes(stage / "my_photos")
    _write_environment(stage)


def _copy_model(name, run):
    run.mkdir(parents=True)
    shutil.copy(ROOT / "saved_models" / name / "model.keras", run)


def _link_package(package, target):
    """Links the package, with copies of experiments that take two steps."""
    target.mkdir()
    for path in package.iterdir():
        if path.name == "experiments":
            shutil.copytree(path, target / path.name)
        elif path.name == "training":
            _link_package(path, target / path.name)
        else:
            (target / path.name).symlink_to(path)
    for file in target.glob("experiments/s*.py"):
        file.write_text(re.sub(r"\bsteps=[\d_]+", "steps=2", file.read_text()))


def _write_photos(stage):
    """Writes street.jpg and folders of photos."""
    china = Image.fromarray(load_sample_image("china.jpg"))
    street = china.resize((96, 64))
    street.save(stage / "street.jpg")
    for folder, count in (("holiday", 2), ("photos", 2), ("more_photos", 4)):
        (stage / folder).mkdir()
        for index in range(count):
            part = china.crop((90 * index, 0, 300 + 90 * index, 200))
            part.resize((90, 60)).save(stage / folder / f"{index}.jpg")


def _write_video(stage):
    """Writes street.mp4."""
    photo = np.asarray(Image.open(stage / "street.jpg"))
    write_clip(stage / "street.mp4", [photo, photo[:, ::-1].copy()])


def _write_maps(stage):
    """field.tif, whose bands are marked as colors, and tiles of four bands."""
    labels = aerial_scene.draw_labels(90, 110, 1)
    bands = aerial_scene.draw_bands(labels, 1)
    colors = (bands[2::-1] // 16).astype(np.uint8)
    aerial_scene.write_map(stage / "field.tif", colors)
    aerial_scene.write_tiles(stage / "my_maps", 8, 64)


def _scenes():
    for index in range(NUM_SCENES):
        photo, label = draw_scene(np.random.default_rng(index))
        yield f"scene_{index}", Image.fromarray(photo), label


def _write_labelme(stage):
    """my_photos as labelme writes it: a rectangle for each class."""
    folder = stage / "my_photos"
    folder.mkdir()
    (folder / "classes.txt").write_text("\n".join(CLASS_NAMES) + "\n")
    for name, photo, label in _scenes():
        photo.save(folder / f"{name}.jpg")
        shapes = []
        for index, class_name in enumerate(CLASS_NAMES):
            rows, columns = np.nonzero(label == index)
            if rows.size:
                # Small, so that nearly all of its pixels are of the class.
                middle = rows.size // 2
                x, y = float(columns[middle]), float(rows[middle])
                shapes.append(
                    {
                        "label": class_name,
                        "points": [[x - 3, y - 3], [x + 3, y + 3]],
                        "shape_type": "rectangle",
                    }
                )
        content = {
            "version": "5.10.1",
            "shapes": shapes,
            "imagePath": f"{name}.jpg",
            "imageData": None,
            "imageHeight": photo.height,
            "imageWidth": photo.width,
        }
        (folder / f"{name}.json").write_text(json.dumps(content))


def _write_cvat(stage):
    """Photos, and export.zip as CVAT writes it."""
    rows = ["# label:color_rgb:parts:actions", "background:0,0,0::"]
    for name, color in zip(CLASS_NAMES, PALETTE, strict=True):
        rows.append(f"{name}:{','.join(map(str, color))}::")
    names = []
    with zipfile.ZipFile(stage / "export.zip", "w") as archive:
        archive.writestr("labelmap.txt", "\n".join(rows) + "\n")
        for name, photo, label in _scenes():
            photo.save(stage / "photos" / f"{name}.jpg")
            names.append(name)
            with archive.open(f"SegmentationClass/{name}.png", "w") as file:
                colors = np.array(PALETTE, np.uint8)[label]
                Image.fromarray(colors).save(file, "PNG")
        lists = "ImageSets/Segmentation/default.txt"
        archive.writestr(lists, "\n".join(names) + "\n")


def _write_environment(stage):
    """.venv with the Python of the tests, which make takes for complete."""
    folder = stage / ".venv" / "bin"
    folder.mkdir(parents=True)
    for name, arguments in (
        ("python", ""),
        ("python3", ""),
        ("keras-rcnn", "-m keras_rcnn.cli "),
    ):
        command = f'{sys.executable} {arguments}"$@"'
        (folder / name).write_text(f"#!/bin/sh\nexec {command}\n")
        (folder / name).chmod(0o755)
    (folder / "activate").touch()
    (stage / ".venv" / "ready").touch()
