import hashlib

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import SceneDataset, folds, train_validation_split
from keras_rcnn.errors import InputError

NAMES = [f"photo_{index:03d}" for index in range(23)]


def test_folds_are_equal_parts():
    counts = np.bincount(folds(NAMES))

    assert counts.tolist() == [5, 5, 5, 4, 4]


def test_folds_depend_on_the_set_of_names_alone():
    expected = dict(zip(NAMES, folds(NAMES), strict=True))
    mixed = NAMES[7:] + NAMES[:7]

    found = dict(zip(mixed, folds(mixed), strict=True))

    assert found == expected
    encoded = [name.encode() for name in NAMES]
    assert folds(encoded).tolist() == folds(NAMES).tolist()


def test_folds_are_shuffled():
    # Dealt in the order of names, the fold would be the index modulo 5.
    assert folds(NAMES).tolist() != [index % 5 for index in range(23)]


def test_folds_stay_what_they_were():
    # A model that ships was trained on these; another shuffle would score it
    # on what it has seen.
    digest = hashlib.sha256(
        bytes(folds([f"{index:03d}" for index in range(572)]).tolist())
    ).hexdigest()

    assert digest[:16] == "51578939487a9072"


def test_split_off_parts_the_photos():
    dataset = _numbered(30)

    train, validation = train_validation_split(dataset, 0.1, seed=3)

    assert (train.num_examples, validation.num_examples) == (27, 3)
    assert len(_numbers(train)) == 27
    assert len(_numbers(validation)) == 3
    assert sorted(_numbers(train) + _numbers(validation)) == list(range(30))
    assert _numbers(train) == sorted(_numbers(train))
    assert int(validation.examples.cardinality()) == 3
    assert validation.class_names == dataset.class_names


def test_split_off_is_decided_by_the_seed():
    dataset = _numbered(30)

    first, again, other = (
        _numbers(train_validation_split(dataset, 0.2, seed)[1])
        for seed in (1, 1, 2)
    )

    assert first == again
    assert first != other


@pytest.mark.parametrize(("fraction", "held_out"), [(0.1, 1), (0.99, 2)])
def test_split_off_leaves_something_on_either_side(fraction, held_out):
    train, validation = train_validation_split(_numbered(3), fraction)

    assert validation.num_examples == held_out
    assert train.num_examples == 3 - held_out


def test_split_off_needs_two_photos():
    with pytest.raises(InputError, match=r"1 photo .* at least two"):
        train_validation_split(_numbered(1))


@pytest.mark.parametrize("fraction", [0, 1, -0.5, 2])
def test_split_off_needs_a_part(fraction):
    with pytest.raises(InputError, match="between 0 and 1"):
        train_validation_split(_numbered(9), fraction)


def _numbered(count):
    return SceneDataset(
        name="numbers",
        class_names=("a", "b"),
        palette=((0, 0, 0), (255, 255, 255)),
        examples=tf.data.Dataset.range(count),
        num_examples=count,
    )


def _numbers(dataset):
    return [int(number) for number in dataset.examples]
