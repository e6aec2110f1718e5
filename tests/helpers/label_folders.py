"""Labeled photos by name, and damage to the files that they come from."""

import pathlib
from collections.abc import Callable
from typing import Any

import numpy as np
from PIL import Image

from keras_rcnn.datasets import SceneDataset, load_dataset

Damage = Callable[[pathlib.Path], object]


def load(
    root: pathlib.Path, split: str = "all", name: str = "folder", **options: Any
) -> tuple[SceneDataset, dict[str, dict[str, np.ndarray]]]:
    """Loads a data set and returns it with its examples by name."""
    dataset = load_dataset(name, root, split, **options)
    examples = list(dataset.examples.as_numpy_iterator())
    assert dataset.num_examples == len(examples)
    return dataset, {e["name"].decode(): e for e in examples}


def unlink(name: str) -> Damage:
    """Returns a function that deletes a file of a folder."""
    return lambda root: (root / name).unlink()


def text(name: str, content: str) -> Damage:
    """Returns a function that replaces a file of a folder by a text."""
    return lambda root: (root / name).write_text(content)


def edit(name: str, change: Callable[[str], str]) -> Damage:
    """Returns a function that changes the text of a file of a folder."""
    return lambda root: (root / name).write_text(
        change((root / name).read_text())
    )


def cut(name: str, end: int) -> Damage:
    """Returns a function that keeps the bytes of a file up to an index."""
    return lambda root: (root / name).write_bytes(
        (root / name).read_bytes()[:end]
    )


def save(name: str, pixels: np.ndarray) -> Damage:
    """Returns a function that replaces a picture of a folder."""
    return lambda root: Image.fromarray(pixels).save(root / name)
