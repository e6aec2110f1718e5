"""Labels of a trained network for photos that have none."""

import dataclasses

import numpy as np
import tqdm

from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.labeling.labeler import Labeler


def pseudo_label(
    labeler: Labeler, photos: SceneDataset, confidence: float
) -> SceneDataset:
    """Labels photos; pixels that the labeler is unsure of stay unknown.

    Args:
        labeler: the teacher, which has the classes of the photos.
        photos: to label; their own labels are ignored.
        confidence: minimum probability of a label.

    Returns:
        The same photos in the same order, with labels.

    Raises:
        InputError: if the labeler gives no probabilities.

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, section 5, names
        semi-supervised training as future work; self-training with a
        threshold: Lee, "Pseudo-label", ICML workshop 2013.
    """
    images, labels, names = [], [], []
    for example in tqdm.tqdm(
        photos.examples.as_numpy_iterator(),
        "Labeling photos to learn from",
        photos.num_examples,
        unit="photo",
        disable=None,
    ):
        classes, probabilities = labeler.label_with_confidence(example["image"])
        if probabilities is None:
            raise InputError(
                "The teacher gives no probabilities: choose another model."
            )
        known = probabilities >= confidence
        images.append(example["image"])
        labels.append(np.where(known, classes, IGNORE_LABEL).astype(np.uint8))
        names.append(example["name"].decode())
    return dataclasses.replace(
        photos, examples=examples_in_memory(images, labels, names), files=()
    )
