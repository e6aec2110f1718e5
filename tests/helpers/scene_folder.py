"""A folder of generated scenes in the plain layout."""

import pathlib

import numpy as np
from PIL import Image

from keras_rcnn.datasets.synthetic import draw_scene

CLASSES = "sky #0a14c8\nmountain #1eb428\ntree #803c80\nroad\nwater\nbuilding\n"
NAMES = [f"s{index}" for index in range(10)]


def scene(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draws the photo and the labels of a scene."""
    return draw_scene(np.random.default_rng(seed))


def write_scenes(folder: pathlib.Path) -> pathlib.Path:
    """Writes ten photos and their masks, named after their seeds."""
    for seed, name in enumerate(NAMES):
        add_photo(folder, name, *scene(seed), suffix="jpg", quality=90)
    (folder / "classes.txt").write_text(CLASSES)
    return folder


def add_photo(
    folder: pathlib.Path,
    name: str,
    image: np.ndarray,
    label: np.ndarray,
    suffix: str = "png",
    **options: int,
) -> None:
    """Writes a photo and its mask."""
    for kind, picture, file in (
        ("images", image, f"{name}.{suffix}"),
        ("masks", label, f"{name}.png"),
    ):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        chosen = options if kind == "images" else {}
        Image.fromarray(picture).save(folder / kind / file, **chosen)
