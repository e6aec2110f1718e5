"""Folders of labeled photos: loading them and damaging them."""

import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from keras_rcnn.datasets import SceneDataset, load_dataset

Damage = Callable[[pathlib.Path], object]


def load(
    root: pathlib.Path, split: str = "all", **arguments: Any
) -> tuple[SceneDataset, dict[str, dict[str, np.ndarray]]]:
    """Loads a folder and returns the data set and its examples by name."""
    dataset = load_dataset("folder", root, split, **arguments)
    examples = list(dataset.examples.as_numpy_iterator())
    assert dataset.num_examples == len(examples)
    return dataset, {e["name"].decode(): e for e in examples}


def unlink(name: str) -> Damage:
    """Returns a function that deletes a file of a folder."""
    return lambda root: (root / name).unlink()


def text(name: str, content: str) -> Damage:
    """Returns a function that replaces a file of a folder by a text."""
    return lambda root: (root / name).write_text(content)


def save(name: str, pixels: np.ndarray) -> Damage:
    """Returns a function that replaces a picture of a folder."""
    return lambda root: Image.fromarray(pixels).save(root / name)
