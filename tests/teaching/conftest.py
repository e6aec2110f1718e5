"""A folder to paint on."""

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.teaching.project import Project


@pytest.fixture
def folder(tmp_path):
    """A folder with three photos of 30 x 40 pixels in images/."""
    images = tmp_path / "taught" / "images"
    images.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for name in ("a", "b", "c"):
        pixels = rng.integers(0, 256, (30, 40, 3), np.uint8)
        Image.fromarray(pixels).save(images / f"{name}.png")
    return images.parent


@pytest.fixture
def project(folder):
    """The folder with two classes."""
    made = Project(folder)
    made.set_classes(["sky", "road"], [(0, 0, 255), (90, 90, 90)])
    return made
