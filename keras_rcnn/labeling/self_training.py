"""Labels for photos that have none, by a network trained before."""

import dataclasses

import numpy as np
import tqdm

from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.labeling.labeler import Labeler


def pseudo_label(
    labeler: Labeler,
    photos: SceneDataset,
    confidence: float,
) -> SceneDataset:
    """The photos with the labels that a network is sure of.

    Args:
        labeler: the teacher, of the classes of the photos.
        photos: whose own labels, if any, do not count.
        confidence: least probability of a label that is taken over; pixels
            below are unknown.

    Returns:
        The same photos in the same order, with labels.

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
        sure = probabilities >= confidence
        images.append(example["image"])
        labels.append(np.where(sure, classes, IGNORE_LABEL).astype(np.uint8))
        names.append(example["name"].decode())
    return dataclasses.replace(
        photos, examples=examples_in_memory(images, labels, names)
    )
