"""Photos to begin with."""

import importlib.util
import pathlib
from collections.abc import Iterable

import numpy as np

from keras_rcnn.datasets import synthetic
from keras_rcnn.demo.photo import Photo
from keras_rcnn.io.images import encode_png

CHINA = "a palace in China"
SCENE = "a drawn scene"


def sample_photos(class_names: Iterable[tuple[str, ...]]) -> dict[str, Photo]:
    """Photos that the networks can make sense of, by what is on them.

    Args:
        class_names: of each network.
    """
    samples = {}
    package = importlib.util.find_spec("sklearn")
    if package and package.origin:
        folder = pathlib.Path(package.origin).parent
        file = folder / "datasets" / "images" / "china.jpg"
        samples[CHINA] = Photo(
            file.name, file.read_bytes(), "photo: danielbuechele, CC BY 2.0"
        )
    if synthetic.CLASS_NAMES in class_names:
        pixels, _ = synthetic.draw_scene(np.random.default_rng(3))
        samples[SCENE] = Photo("scene.png", encode_png(pixels))
    return samples
