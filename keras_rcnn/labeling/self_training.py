"""Labels for photos that have none, by a network trained before."""

import dataclasses

import numpy as np
import tqdm

from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.labeling import SceneLabeler
from keras_rcnn.labeling.augmentation import TestTimeAugmentation


def pseudo_label(
    labeler: SceneLabeler | TestTimeAugmentation,
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
        classes, probabilities = labeler(
            example["image"][None], return_probabilities=True
        )
        sure = np.max(probabilities[0], axis=-1) >= confidence
        images.append(example["image"])
        labels.append(np.where(sure, classes[0], IGNORE_LABEL).astype(np.uint8))
        names.append(example["name"].decode())
    return dataclasses.replace(
        photos, examples=examples_in_memory(images, labels, names)
    )
