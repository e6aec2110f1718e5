"""Splits of photos for training, validation and testing."""

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError

NUM_FOLDS = 5
_FOLDS_SEED = 0
NUM_LISTS = 3
_PHOTOS_A_LIST = 200


def folds(
    names: Sequence[str | bytes], num_folds: int = NUM_FOLDS
) -> np.ndarray:
    """The fold of each name, by one fixed shuffle.

    Folds depend on the set of names alone, not on their order or on the seed
    of a run, so that no model is scored on photos that it was trained on.

    Args:
        names: of the photos, without duplicates.
        num_folds: number of folds; their sizes differ by at most one.

    Returns:
        int `(len(names),)`, from 0 to num_folds - 1, in the order of `names`.

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, section 4: five-fold
        cross-validation on Stanford Background, after Gould et al.
    """
    by_name = np.argsort(np.array(names))
    # Never change this: the shipped networks were trained on these folds.
    shuffle = np.random.default_rng(_FOLDS_SEED).permutation(len(names))
    fold_of = np.empty(len(names), int)
    fold_of[by_name[shuffle]] = np.arange(len(names)) % num_folds
    return fold_of


def held_out_lists(names: Sequence[str | bytes]) -> np.ndarray:
    """Random lists of 200 photos, as many as the official test list has.

    One list can mislead: the scores of a network on lists of 200 photos of
    SIFT Flow differ by points. No list has photos of another one, so a network
    that is trained on the rest can be scored on each list.

    Args:
        names: of the photos, without duplicates.

    Returns:
        int `(len(names),)`, in the order of `names`: 1 to 3 for the photos of
        a list, 0 for the rest.
    """
    order = folds(names, len(names))
    lists = order // _PHOTOS_A_LIST + 1
    return np.where(lists <= NUM_LISTS, lists, 0)


def chosen_names(
    names: Iterable[str], fraction: float, salt: str
) -> frozenset[str]:
    """About a fraction of the names, by a hash of each name.

    Names that are added later change nothing for the others, so that no photo
    is trained on first and scored later. At least one name is chosen and one
    is not, which only the first or last by hash can be.

    Args:
        names: at least two, without duplicates.
        fraction: between 0 and 1.
        salt: another salt chooses independently.
    """

    def place(name: str) -> float:
        digest = hashlib.sha256(f"{salt} {name}".encode()).digest()
        return int.from_bytes(digest[:8], "big") / 2**64

    ordered = sorted(names, key=place)
    count = sum(place(name) < fraction for name in ordered)
    return frozenset(ordered[: min(max(1, count), len(ordered) - 1)])


def train_validation_split(
    dataset: SceneDataset, fraction: float = 0.1, seed: int = 0
) -> tuple[SceneDataset, SceneDataset]:
    """Splits off photos for validation, which select the best weights.

    In a folder, only photos with labels are split off, and the name of a photo
    or of its group decides, so that photos that are added later do not change
    the split. Of other data sets, a permutation of the photos decides.

    Args:
        dataset: at least two photos with labels.
        fraction: fraction of the photos for validation, between 0 and 1. At
            least one photo is split off.
        seed: the same seed always selects the same photos.

    Returns:
        The photos for training and those for validation.

    Raises:
        InputError: if there are fewer than two photos or groups of photos, or
            if the fraction is not between 0 and 1.
    """
    if not 0 < fraction < 1:
        raise InputError(
            f"Cannot hold out {fraction} of the photos: give a part between "
            "0 and 1, such as 0.1."
        )
    count = dataset.num_examples
    files = dataset.files
    if files:
        count = sum(file.is_labeled for file in files)
    if count < 2:
        labeled = " with labels" if files else ""
        raise InputError(
            f"{dataset.name} has {count} photo{labeled} to train on: at least "
            "two are needed, one of them to choose the best weights by."
        )
    if files:
        names = {file.split_by for file in files if file.is_labeled}
        if len(names) < 2:
            raise InputError(
                f"All photos of {dataset.name} to train on are in one group: "
                "add photos of another, or group them in another way, or set "
                "validation_fraction=0."
            )
        chosen = chosen_names(names, fraction, f"validation {seed}")
        held_out = np.array([file.split_by in chosen for file in files])
    else:
        # Never change this: the shipped networks were chosen by these photos.
        num_held_out = min(max(1, round(fraction * count)), count - 1)
        held_out = np.zeros(count, bool)
        order = np.random.default_rng(seed).permutation(count)
        held_out[order[:num_held_out]] = True
    return dataset.select(~held_out), dataset.select(held_out)
