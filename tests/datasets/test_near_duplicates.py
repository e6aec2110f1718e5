"""Near-duplicates against every pair's correlation, one by one."""

import io

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets import near_duplicates as module
from keras_rcnn.datasets.near_duplicates import (
    find_near_duplicates,
    groups_of,
    thumbnail,
)
from keras_rcnn.datasets.synthetic import draw_scene


def scene(seed):
    return draw_scene(np.random.default_rng(seed))[0]


def encoded_again(image):
    """Half as large, as a poor JPEG, a little darker."""
    small = Image.fromarray(image).resize((80, 60), Image.Resampling.BICUBIC)
    content = io.BytesIO()
    small.point(lambda value: int(0.9 * value)).save(
        content, "JPEG", quality=40
    )
    with Image.open(content) as picture:
        return np.asarray(picture)


def test_a_copy_is_found_and_nothing_else():
    photos = [scene(seed) for seed in range(12)]
    photos.insert(3, encoded_again(photos[7]))

    pairs = find_near_duplicates(
        np.array([thumbnail(p) for p in photos]), 0.985
    )

    assert [pair[:2] for pair in pairs] == [(3, 8)]
    assert 0.985 <= pairs[0][2] < 1


@pytest.mark.parametrize("seed", range(3))
def test_a_thumbnail_knows_no_brightness_contrast_or_size(seed):
    image = scene(seed)
    values = thumbnail(image)
    assert values.dtype == np.float32
    assert values.sum() == pytest.approx(0, abs=1e-4)
    assert values @ values == pytest.approx(1)

    larger = np.kron(image, np.ones((3, 2, 1), np.uint8))
    darker = (image // 2 + 20).astype(np.uint8)
    for copy in (larger, darker, encoded_again(image)):
        assert values @ thumbnail(copy) > 0.99
    for other in (image[:, ::-1], image[::-1], scene(seed + 50)):
        assert values @ thumbnail(other) < 0.95


@pytest.mark.parametrize("rows_a_block", [1, 3, 1024])
def test_equals_a_loop_over_pairs(monkeypatch, rows_a_block):
    monkeypatch.setattr(module, "_ROWS_A_BLOCK", rows_a_block)
    rng = np.random.default_rng(1)
    photos = rng.normal(size=(10, 6)).astype(np.float32)
    photos[8] = photos[2] + 0.1
    photos /= np.linalg.norm(photos, axis=1, keepdims=True)
    expected = [
        (i, j)
        for i in range(10)
        for j in range(i + 1, 10)
        if sum(
            float(a) * float(b) for a, b in zip(*photos[[i, j]], strict=True)
        )
        >= 0.5
    ]
    assert len(expected) > 3

    pairs = find_near_duplicates(photos, 0.5)

    assert [pair[:2] for pair in pairs] == expected
    for i, j, correlation in pairs:
        assert correlation == pytest.approx(float(photos[i] @ photos[j]))


def test_photos_of_one_color_look_like_nothing():
    plain = np.full((30, 40, 3), 77, np.uint8)
    thumbnails = np.array([thumbnail(plain), thumbnail(plain)])

    assert not thumbnails.any()
    assert find_near_duplicates(thumbnails, 0.5) == []


def test_no_photos_have_no_duplicates():
    assert find_near_duplicates(np.zeros((0, 576), np.float32), 0.9) == []
    assert groups_of([], 0) == []


def test_groups_hang_together_through_others():
    pairs = [(4, 5, 1.0), (0, 2, 1.0), (2, 4, 1.0), (1, 6, 1.0)]
    assert groups_of(pairs, 8) == [[0, 2, 4, 5], [1, 6]]
