"""Which photos train and which are held out, decided once and for all."""

from collections.abc import Sequence

import numpy as np

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError

NUM_FOLDS = 5
_FOLDS_SEED = 0


def folds(
    names: Sequence[str | bytes], num_folds: int = NUM_FOLDS
) -> np.ndarray:
    """The fold of each name: one fixed shuffle, dealt into equal parts.

    Depends on which names there are, and on nothing else: neither on their
    order nor on any seed of a run, so that what a model was trained on is
    never what it is scored on.

    Args:
        names: of the photos, each different.
        num_folds: how many parts; their sizes differ by one at most.

    Returns:
        int `(len(names),)`, from 0 to num_folds - 1, in the order of `names`.

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, section 4: five-fold
        cross-validation on Stanford Background, after Gould et al.
    """
    by_name = np.argsort(np.array(names))
    # Fixed for good: the models that ship were trained on these folds.
    shuffle = np.random.default_rng(_FOLDS_SEED).permutation(len(names))
    fold_of = np.empty(len(names), int)
    fold_of[by_name[shuffle]] = np.arange(len(names)) % num_folds
    return fold_of


def train_validation_split(
    dataset: SceneDataset, fraction: float = 0.1, seed: int = 0
) -> tuple[SceneDataset, SceneDataset]:
    """Holds some photos out, to choose the best weights by.

    Args:
        dataset: at least two photos.
        fraction: part to hold out, between 0 and 1; at least one photo.
        seed: decides which; the same photos each time.

    Returns:
        The photos to train on and those held out.

    Raises:
        InputError: if fewer than two photos, or no such part.
    """
    if not 0 < fraction < 1:
        raise InputError(
            f"Cannot hold out {fraction} of the photos: give a part between "
            "0 and 1, such as 0.1."
        )
    count = dataset.num_examples
    if count < 2:
        raise InputError(
            f"{dataset.name} has {count} photo to train on: at least two are "
            "needed, one of them to choose the best weights by."
        )
    num_held_out = min(max(1, round(fraction * count)), count - 1)
    held_out = np.zeros(count, bool)
    order = np.random.default_rng(seed).permutation(count)
    held_out[order[:num_held_out]] = True
    return dataset.select(~held_out), dataset.select(held_out)
