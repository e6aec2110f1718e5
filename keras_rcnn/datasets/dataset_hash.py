"""A short text that identifies labeled photos."""

import hashlib

import numpy as np

from keras_rcnn.datasets.scene_dataset import SceneDataset


def fingerprint(dataset: SceneDataset) -> str:
    """SHA-256 of names, sizes, pixels and labels of all photos, in order."""
    digest = hashlib.sha256()
    for example in dataset.examples.as_numpy_iterator():
        image, label = example["image"], example["label"]
        digest.update(repr((example["name"], label.shape)).encode())
        for pixels in (image, label):
            digest.update(np.ascontiguousarray(pixels).data)
    return digest.hexdigest()
