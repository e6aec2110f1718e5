"""What the instances learn, against NumPy loops."""

import numpy as np
import pytest

from keras_rcnn.datasets.label_grids import BlockGrids
from keras_rcnn.datasets.splits import held_out_lists
from keras_rcnn.layers.pyramid_geometry import PyramidGeometry

GRIDS = BlockGrids(3, PyramidGeometry(levels=2, depth=1))


@pytest.mark.parametrize("weighted", [False, True])
def test_targets_are_the_shares_of_the_classes_in_blocks(weighted):
    rng = np.random.default_rng(0)
    labels = rng.choice([0, 1, 2, 255], (2, 9, 21)).astype(np.uint8)
    labels[1, :4, :4] = 255
    pixel_weights = rng.random(labels.shape).astype(np.float32)
    targets, weights = GRIDS.targets(
        labels, 2, pixel_weights if weighted else None
    )
    for name, side in (("instance_1", 8), ("instance_2", 4)):
        # Padded to 16 x 24, a multiple of 8.
        assert weights[name].shape == (2, 16 // side, 24 // side)
        for index in np.ndindex(*weights[name].shape):
            photo, row, column = index
            block = (
                photo,
                slice(row * side, (row + 1) * side),
                slice(column * side, (column + 1) * side),
            )
            counts = np.array(
                [
                    np.sum(
                        (labels[block] == label)
                        * (pixel_weights[block] if weighted else 1)
                    )
                    for label in range(3)
                ]
            )
            np.testing.assert_allclose(
                weights[name][index], counts.sum() / side**2, atol=1e-6
            )
            np.testing.assert_allclose(
                targets[name][index],
                counts / counts.sum() if counts.sum() else counts,
                atol=1e-5,
            )


def test_scores_without_those_of_the_padding():
    scores = {"instance_1": np.zeros((1, 2, 3, 3))}
    scores["instance_2"] = np.zeros((1, 4, 6, 3))
    cropped = GRIDS.crop(scores, 9, 17)
    shapes = [scores.shape for scores in cropped.values()]
    assert shapes == [(1, 2, 3, 3), (1, 3, 5, 3)]


def test_lists_of_photos_to_score_on_do_not_overlap():
    names = [f"photo_{number}" for number in range(650)]
    lists = held_out_lists(names)
    assert np.bincount(lists).tolist() == [50, 200, 200, 200]
    np.testing.assert_array_equal(held_out_lists(names[::-1])[::-1], lists)
