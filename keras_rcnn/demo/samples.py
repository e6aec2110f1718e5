"""Sample photos for visitors without a photo."""

import contextlib
from collections.abc import Iterable

import numpy as np

from keras_rcnn.datasets import synthetic
from keras_rcnn.demo.photo import Photo
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import encode_png
from keras_rcnn.io.sample_photo import CREDIT, find_sample_photo

CHINA = "a palace in China"
SCENE = "a drawn scene"


def sample_photos(class_names: Iterable[tuple[str, ...]]) -> dict[str, Photo]:
    """Photos of the kinds that the networks were trained on, by content.

    Args:
        class_names: class names of each network.
    """
    samples = {}
    with contextlib.suppress(InputError):
        file = find_sample_photo()
        samples[CHINA] = Photo(file.name, file.read_bytes(), CREDIT)
    if synthetic.CLASS_NAMES in class_names:
        pixels, _ = synthetic.draw_scene(np.random.default_rng(3))
        samples[SCENE] = Photo("scene.png", encode_png(pixels))
    return samples
