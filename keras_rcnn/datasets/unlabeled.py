"""Photos without labels."""

import pathlib

import numpy as np
import tqdm

from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.layout import find_files, is_photo
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.labels import IGNORE_LABEL


def load_unlabeled(
    folder: str | pathlib.Path,
    class_names: tuple[str, ...],
    palette: tuple[tuple[int, int, int], ...],
    longest_side: int | None = None,
) -> SceneDataset:
    """Photos in and below a folder, with every pixel unknown.

    Args:
        folder: holds photos.
        class_names: classes of the network that is to label them.
        palette: red, green and blue of each class.
        longest_side: maximum side in pixels; larger photos are scaled down.

    Raises:
        InputError: if there is no photo, or if one cannot be read.
    """
    folder = pathlib.Path(folder).expanduser()
    if not folder.is_dir():
        raise InputError(f"There is no folder {folder}: name one that exists.")
    files, problems = find_files(folder, is_photo)
    if problems:
        raise InputError(problems[0])
    if not files:
        raise InputError(f"{folder} holds no photo: put some there.")
    images = [
        scale_down(read_image(file), longest_side)
        for file in tqdm.tqdm(
            files.values(), "Reading photos", unit="photo", disable=None
        )
    ]
    labels = [
        np.full(image.shape[:2], IGNORE_LABEL, np.uint8) for image in images
    ]
    return SceneDataset(
        name=folder.resolve().name,
        class_names=class_names,
        palette=palette,
        examples=examples_in_memory(images, labels, list(files)),
        num_examples=len(files),
    )
