"""Labeled photos, and a labeler whose answers need no network."""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import SceneDataset

NASTY = 'b <&"'
CLASS_NAMES = ("sky", "grass", "road")
PALETTE = ((10, 20, 200), (30, 180, 40), (128, 60, 128))


class RandomLabeler:
    """Labels that depend on nothing but the photo and a seed."""

    num_instances, output_resolution, smoothing = 2, 4, 3

    def __init__(self, seed=0):
        self.seed = seed

    def __call__(self, photo):
        return self.label_with_confidence(photo)[0]

    def label_with_confidence(self, photo):
        rng = np.random.default_rng([self.seed, *photo.shape])
        labels = rng.integers(0, 3, photo.shape[:2], np.uint8)
        return labels, rng.uniform(0.3, 1, labels.shape).astype(np.float32)


@pytest.fixture
def labeler():
    return RandomLabeler()


@pytest.fixture
def photos(noise):
    """Photos of different sizes by name; no true pixel is road, class 2."""
    rng = np.random.default_rng(1)
    photos = {}
    for name, photo in (
        ("a", noise),
        (NASTY, noise[:9, :14]),
        ("below/c", noise[::-1, :5]),
        ("unknown", noise[:6, :6]),
    ):
        # Squares, so that some pixels are far from any other class.
        coarse = rng.choice(np.array([0, 1, 255], np.uint8), (6, 9))
        mask = np.kron(coarse, np.ones((4, 4), np.uint8))
        photos[name] = photo, mask[: photo.shape[0], : photo.shape[1]]
    photos["unknown"] = noise[:6, :6], np.full((6, 6), 255, np.uint8)
    return photos


@pytest.fixture
def folder(photos, write_picture, tmp_path):
    """The folder of the photos and their masks."""
    for name, (photo, mask) in photos.items():
        write_picture(f"own/images/{name}.png", photo)
        write_picture(f"own/masks/{name}.png", mask)
    classes = (
        f"{name} #{bytes(color).hex()}\n"
        for name, color in zip(CLASS_NAMES, PALETTE, strict=True)
    )
    (tmp_path / "own/classes.txt").write_text("".join(classes))
    return tmp_path / "own"


@pytest.fixture
def dataset(photos):
    """The photos as a data set of three classes."""
    examples = tf.data.Dataset.from_generator(
        lambda: (
            {"name": name, "image": photo, "label": mask}
            for name, (photo, mask) in photos.items()
        ),
        output_signature={
            "name": tf.TensorSpec((), tf.string),
            "image": tf.TensorSpec((None, None, 3), tf.uint8),
            "label": tf.TensorSpec((None, None), tf.uint8),
        },
    )
    return SceneDataset("own", CLASS_NAMES, PALETTE, examples, len(photos))
