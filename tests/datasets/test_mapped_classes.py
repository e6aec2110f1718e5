"""Photos of one data set as more of another."""

import numpy as np
import pytest

from keras_rcnn.datasets import SceneDataset
from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.mapped_classes import MAPPINGS, map_classes
from keras_rcnn.datasets.prepared import BUILDERS
from keras_rcnn.errors import InputError


def one_photo(name, labels):
    """A data set of one photo, with the classes of a published one."""
    labels = np.array(labels, np.uint8)
    classes = BUILDERS[name].CLASSES if name in BUILDERS else ("sky",)
    image = np.zeros((*labels.shape, 3), np.uint8)
    return SceneDataset(
        name=name,
        class_names=tuple(classes),
        palette=((0, 0, 0),) * len(classes),
        examples=examples_in_memory([image], [labels], ["a"]),
        num_examples=1,
    )


def test_labels_change_by_name():
    names = list(BUILDERS["sift_flow"].CLASSES)
    photos = one_photo(
        "sift_flow",
        [[names.index("sea"), names.index("car"), 255, names.index("sand")]],
    )
    target = one_photo("stanford_background", [[0]])

    found = map_classes(photos, target)

    (example,) = found.examples.as_numpy_iterator()
    # Stanford's classes by hand: 4 is water, 7 the foreground object.
    np.testing.assert_array_equal(example["label"], [[4, 7, 255, 255]])
    assert example["name"] == b"a"
    assert found.class_names == target.class_names
    assert found.num_examples == 1


def test_every_class_named_exists():
    for (name, target), mapping in MAPPINGS.items():
        assert set(mapping) <= set(BUILDERS[name].CLASSES)
        assert set(mapping.values()) == set(BUILDERS[target].CLASSES)


def test_unknown_pairs_are_named():
    photos = one_photo("sift_flow", [[0]])
    with pytest.raises(InputError, match="choose sift_flow for stanford"):
        map_classes(photos, one_photo("mine", [[0]]))
