import functools

import numpy as np
import pytest

from keras_rcnn.datasets import class_shares, load_dataset
from keras_rcnn.datasets.synthetic import (
    BUILDING,
    MOUNTAIN,
    ROAD,
    SKY,
    TREE,
    WATER,
    draw_scene,
)


def test_train_and_test():
    train, test = _load("train"), _load("test")

    assert (train.num_examples, test.num_examples) == (200, 40)
    examples = list(test.examples.as_numpy_iterator())
    assert len(examples) == 40
    for example in examples:
        assert example["image"].shape == (120, 160, 3)
        assert example["label"].shape == (120, 160)
        assert example["image"].dtype == example["label"].dtype == np.uint8
        assert example["label"].max() < train.num_classes == 6
    assert _load("all").num_examples == 240


def test_test_scenes_are_none_of_the_train_scenes():
    seen = _scenes(_load("train")) | _scenes(_load("test"))

    assert len(seen) == 240
    assert _scenes(_load("all")) == seen


def test_same_seed_same_scenes():
    again, other = (
        _scenes(load_dataset("synthetic", split="test", seed=seed))
        for seed in (0, 6)
    )
    assert _scenes(_load("test")) == again
    assert again.isdisjoint(other)


def test_every_class_has_its_share():
    shares, unknown = class_shares(_load("train"))

    assert shares.sum() == pytest.approx(1)
    assert unknown == 0
    assert shares.min() > 0.03


@pytest.mark.parametrize(("above", "below"), [(SKY, WATER), (MOUNTAIN, ROAD)])
def test_pairs_look_the_same_up_close(above, below):
    # Colors of the two, and what a pixel differs from its neighbor by,
    # have nearly the same distribution; those of other classes do not.
    pixels = _pixels()

    alike = _distance(pixels[above], pixels[below])

    others = {SKY, MOUNTAIN, TREE, ROAD, WATER, BUILDING} - {above, below}
    for other in others:
        assert alike < 0.5 * _distance(pixels[above], pixels[other])


def test_context_tells_the_pairs_apart():
    for seed in range(20):
        _, label = draw_scene(np.random.default_rng(seed))
        for above, below in ((SKY, WATER), (MOUNTAIN, ROAD)):
            rows, _ = np.nonzero(label == above)
            lower_rows, _ = np.nonzero(label == below)
            if len(rows) and len(lower_rows):
                assert rows.max() < lower_rows.min()


@functools.cache
def _load(split):
    return load_dataset("synthetic", split=split)


def _scenes(dataset):
    return {e["image"].tobytes() for e in dataset.examples.as_numpy_iterator()}


@functools.cache
def _pixels():
    """Gray level and horizontal difference of the pixels of each class."""
    pixels = {}
    for seed in range(40):
        image, label = draw_scene(np.random.default_rng(seed))
        gray = image.mean(-1)
        # The light line at the horizon belongs to no texture.
        inside = (gray[:, 1:] < 170) & (label[:, 1:] == label[:, :-1])
        features = np.stack([gray[:, 1:], np.diff(gray)], -1)
        for value in range(6):
            chosen = inside & (label[:, 1:] == value)
            pixels.setdefault(value, []).append(features[chosen])
    return {value: np.concatenate(parts) for value, parts in pixels.items()}


def _distance(first, second):
    """Largest distance of the two distributions over both features."""
    distances = []
    for column in range(2):
        edges = np.linspace(-100, 256, 90)
        histograms = [
            np.histogram(pixels[:, column], edges)[0] / len(pixels)
            for pixels in (first, second)
        ]
        distances.append(np.abs(histograms[0] - histograms[1]).sum() / 2)
    return max(distances)
