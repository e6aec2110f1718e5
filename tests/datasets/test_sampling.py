"""Crops, patches and whole photos, with pixels that encode their labels.

The red channel of each pixel is 10 times its label, so that the label of any
position in a window can be read from the window itself.
"""

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import sample_crops, sample_patches, validation_batches
from keras_rcnn.datasets.batch_photos import photos_of_batch
from keras_rcnn.datasets.label_grids import CenterGrids
from keras_rcnn.layers.geometry import StackGeometry

UNKNOWN = 255
# Fields 7 and 19, strides 2 and 4: kernel 4, pool 2, kernel 2.
GEOMETRY = StackGeometry(((4, 1), (2, 2), (2, 1)))
GRIDS = CenterGrids(GEOMETRY)


def photo(height, width, seed):
    rng = np.random.default_rng(seed)
    label = rng.integers(0, 5, (height, width)).astype(np.uint8)
    image = np.stack([10 * label, label * 0 + 7, label * 0], axis=-1)
    label[rng.random(label.shape) < 0.2] = UNKNOWN
    return {"image": image, "label": label, "name": f"photo {seed}"}


def dataset(photos):
    return tf.data.Dataset.from_generator(
        lambda: iter(photos),
        output_signature={
            "image": tf.TensorSpec((None, None, 3), tf.uint8),
            "label": tf.TensorSpec((None, None), tf.uint8),
            "name": tf.TensorSpec((), tf.string),
        },
    )


@pytest.fixture
def examples():
    return dataset([photo(30, 41, 0)])


def read_labels(window, example):
    """Labels read off a standardized window; -1 outside the photo."""
    pixels = example["image"].astype(np.float64)
    red = window[..., 0] * pixels.std() + pixels.mean()
    inside = np.abs(window[..., 1]) > 1e-6
    return np.where(inside, np.rint(red / 10), -1)


def batches(data, count):
    return [
        tf.nest.map_structure(np.asarray, batch) for batch in data.take(count)
    ]


def check_grids(batch, example):
    """Every label that counts is that of the pixel at its field's center."""
    windows, targets, weights = batch
    counted = 0
    for instance, (field, stride) in {1: (7, 2), 2: (19, 4)}.items():
        name = f"instance_{instance}"
        cells = (windows.shape[1] - field) // stride + 1
        assert targets[name].shape == (len(windows), cells, cells)
        centers = field // 2 + stride * np.arange(cells)
        truth = read_labels(windows, example)[:, centers][:, :, centers]
        known = weights[name] == 1
        np.testing.assert_array_equal(targets[name][known], truth[known])
        assert set(np.unique(weights[name])) <= {0, 1}
        assert not known[truth < 0].any()
        counted += known.sum()
    return counted


def test_crops_carry_the_labels_of_their_grids(examples):
    crops = sample_crops(examples, GRIDS, 2, grid_size=3, batch_size=4)
    # 19 + 4 * (3 - 1) pixels give 3 x 3 labels.
    for batch in batches(crops, 5):
        assert batch[0].shape == (4, 27, 27, 3)
        assert check_grids(batch, photo(30, 41, 0)) > 0


def test_the_last_grid_of_a_crop_lies_inside_the_photo(examples):
    crops = sample_crops(examples, GRIDS, 2, grid_size=3, batch_size=16)
    outside = 0
    for windows, _, _ in batches(crops, 10):
        labels = read_labels(windows, photo(30, 41, 0))
        centers = 9 + 4 * np.arange(3)
        assert (labels[:, centers][:, :, centers] >= 0).all()
        outside += (labels < 0).sum()
    assert outside > 0  # Their receptive fields do leave it.


def test_a_photo_smaller_than_the_crop_is_padded():
    example = photo(5, 6, 0)
    crops = sample_crops(dataset([example]), GRIDS, 2, 3, batch_size=2)
    for batch in batches(crops, 3):
        check_grids(batch, example)
        assert (batch[0] == 0).any()


def test_flips_mirror_labels_and_pixels_alike(examples):
    crops = sample_crops(examples, GRIDS, 2, 3, 8, flip=True, seed=1)
    plain = sample_crops(examples, GRIDS, 2, 3, 8, flip=False, seed=1)
    mirrored = []
    for batch, other in zip(batches(crops, 3), batches(plain, 3), strict=True):
        check_grids(batch, photo(30, 41, 0))
        for window, straight in zip(batch[0], other[0], strict=True):
            mirrored.append(not np.array_equal(window, straight))
            if mirrored[-1]:
                np.testing.assert_array_equal(window, straight[:, ::-1])
    assert 0 < sum(mirrored) < len(mirrored)


def test_colors_change_by_one_matrix_a_crop():
    colorful = photo(30, 41, 0)
    pixels = np.random.default_rng(0).integers(0, 256, (30, 41, 3), np.uint8)
    examples = dataset([colorful | {"image": pixels}])
    changed = sample_crops(examples, GRIDS, 2, 3, 8, color_jitter=0.2, seed=1)
    plain = sample_crops(examples, GRIDS, 2, 3, 8, seed=1)
    for batch, other in zip(
        batches(changed, 3), batches(plain, 3), strict=True
    ):
        np.testing.assert_array_equal(
            batch[1]["instance_2"], other[1]["instance_2"]
        )
        for window, straight in zip(batch[0], other[0], strict=True):
            colors, others = straight.reshape(-1, 3), window.reshape(-1, 3)
            matrix = np.linalg.lstsq(colors, others, rcond=None)[0]
            np.testing.assert_allclose(colors @ matrix, others, atol=1e-4)
            change = np.abs(matrix - np.eye(3)).max()
            assert 0.02 < change < 0.2 + 1e-4


def test_cutout_hides_a_rectangle_and_still_asks_for_its_labels(examples):
    cut = sample_crops(examples, GRIDS, 2, 3, 8, cutout=0.5, seed=1)
    plain = sample_crops(examples, GRIDS, 2, 3, 8, seed=1)
    hidden_pixels = 0
    for batch, other in zip(batches(cut, 3), batches(plain, 3), strict=True):
        for part in (1, 2):
            np.testing.assert_array_equal(
                batch[part]["instance_2"], other[part]["instance_2"]
            )
        for window, straight in zip(batch[0], other[0], strict=True):
            hidden = (window != straight).any(axis=-1)
            rows, columns = hidden.any(axis=1), hidden.any(axis=0)
            assert max(rows.sum(), columns.sum()) <= len(rows) / 2 + 1
            # Where it hides nothing but padding, nothing changes.
            assert (window[np.ix_(rows, columns)] == 0).all()
            hidden_pixels += hidden.sum()
    assert hidden_pixels > 0


def test_scales_magnify_photo_and_labels_together():
    """Wide stripes of one label each stay stripes, wider by the scale."""
    label = np.repeat(np.arange(4, dtype=np.uint8), 24)[np.newaxis].repeat(
        96, 0
    )
    image = np.stack([10 * label, label * 0 + 7, label * 0], axis=-1)
    stripes = {"image": image, "label": label, "name": "stripes"}
    crops = sample_crops(
        dataset([stripes]), GRIDS, 2, 8, 16, scale_range=(2.0, 2.0)
    )
    for windows, targets, weights in batches(crops, 3):
        centers = 9 + 4 * np.arange(8)
        shown = read_labels(windows, stripes)[:, centers][:, :, centers]
        known = weights["instance_2"] == 1
        agree = (targets["instance_2"] == shown)[known]
        assert agree.mean() > 0.9  # Edges between stripes are blurred.
        for row in targets["instance_2"][:, 0]:
            # 48 pixels of a stripe are 12 cells: 8 cells show two at most.
            assert len(np.unique(row)) <= 2


@pytest.mark.parametrize(
    "sample",
    [
        lambda data, **kwargs: sample_crops(
            data,
            GRIDS,
            2,
            3,
            4,
            scale_range=(0.8, 1.25),
            flip=True,
            color_jitter=0.2,
            cutout=0.5,
            **kwargs,
        ),
        lambda data, **kwargs: sample_patches(data, GEOMETRY, 2, 4, **kwargs),
    ],
)
def test_a_seed_decides_every_draw_and_a_start_passes_over(sample):
    data = dataset([photo(30, 41, seed) for seed in range(5)])
    first = [batch[0] for batch in batches(sample(data, seed=3), 6)]
    again = [batch[0] for batch in batches(sample(data, seed=3), 6)]
    other = [batch[0] for batch in batches(sample(data, seed=4), 6)]
    later = [batch[0] for batch in batches(sample(data, seed=3, start=4), 2)]
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first[4:], later)
    assert not np.array_equal(first, other)
    assert not np.array_equal(first[0], first[1])


def test_the_photos_of_a_batch_are_known():
    """Each photo has one class of its own; the last one has no label."""
    photos = [photo(20, 20, seed) for seed in range(6)]
    for number, each in enumerate(photos):
        each["label"][:] = number if number < 5 else UNKNOWN
    patches = sample_patches(dataset(photos), GEOMETRY, 1, 2, seed=3, start=4)
    seen = []
    for number, (_, targets, _) in enumerate(batches(patches, 6), start=4):
        names = photos_of_batch(dataset(photos), 2, 3, number)
        classes = targets["instance_1"][:, 0, 0].tolist()
        assert names == [f"photo {label}" for label in dict.fromkeys(classes)]
        seen += names
    assert set(seen) == {f"photo {number}" for number in range(5)}


def test_patches_are_centered_on_labeled_pixels(examples):
    for windows, targets, weights in batches(
        sample_patches(examples, GEOMETRY, 2, 16), 5
    ):
        assert windows.shape == (16, 19, 19, 3)
        middle = read_labels(windows, photo(30, 41, 0))[:, 9, 9]
        for name in ("instance_1", "instance_2"):
            assert (weights[name].sum(axis=(1, 2)) == 1).all()
            chosen = (targets[name] * weights[name]).sum(axis=(1, 2))
            np.testing.assert_array_equal(chosen, middle)


def test_patches_of_one_instance_at_random(examples):
    totals = np.zeros(2)
    patches = sample_patches(
        examples, GEOMETRY, 2, 32, one_instance_at_random=True
    )
    for _, _, weights in batches(patches, 4):
        counts = np.stack(
            [weights[f"instance_{p}"].sum(axis=(1, 2)) for p in (1, 2)]
        )
        assert (counts.sum(axis=0) == 1).all()
        totals += counts.sum(axis=1)
    # 128 draws: fewer than 32 of either have a chance of 1 in 10^8.
    assert (totals > 32).all()


def test_unlabeled_photos_teach_nothing():
    blank = photo(30, 30, 0)
    blank["label"][:] = UNKNOWN
    blank["image"][:] = 50
    data = dataset([blank, photo(30, 41, 1)])
    for windows, _, weights in batches(sample_patches(data, GEOMETRY, 1, 8), 4):
        assert weights["instance_1"].sum() == 8
        assert (read_labels(windows, photo(30, 41, 1)) <= 4).all()


def test_whole_photos_are_padded_so_that_each_grid_fits():
    photos = [photo(30, 41, 0), photo(7, 4, 1)]
    got = batches(validation_batches(dataset(photos), GRIDS, 2), 3)
    assert len(got) == 2
    for (windows, targets, weights), example in zip(got, photos, strict=True):
        height, width = example["label"].shape
        assert windows.shape == (1, height + 18, width + 18, 3)
        # Instance 2 scores pixels 0, 4, 8, ... of the photo.
        truth = example["label"][::4, ::4]
        known = truth != UNKNOWN
        np.testing.assert_array_equal(weights["instance_2"][0], known)
        np.testing.assert_array_equal(
            targets["instance_2"][0][known], truth[known]
        )


def test_sampling_runs_without_python():
    """No graph of the pipeline calls back into Python."""
    data = tf.data.Dataset.from_tensors(
        {key: tf.constant(value) for key, value in photo(30, 41, 0).items()}
    )
    for samples in (
        sample_crops(data, GRIDS, 2, 3, 4, (0.8, 1.25), True, 0.2, 0.5),
        sample_patches(data, GEOMETRY, 2, 4, True),
        validation_batches(data, GRIDS, 2),
    ):
        graph = tf.raw_ops.DatasetToGraphV2(
            input_dataset=tf.data.experimental.to_variant(samples)
        )
        assert b"PyFunc" not in graph.numpy()


@pytest.mark.parametrize("sample", [sample_crops, sample_patches])
@pytest.mark.parametrize("workers", [2, 3])
def test_the_parts_of_all_workers_are_the_batches_of_one(sample, workers):
    data = dataset([photo(30, 41, seed) for seed in range(5)])
    is_crops = sample is sample_crops
    choices = {"grid_size": 2} if is_crops else {}
    place = GRIDS if is_crops else GEOMETRY

    def windows(context):
        sampled = sample(
            data, place, 1, batch_size=6, start=1, context=context, **choices
        )
        return [images for images, *_ in batches(sampled, 2)]

    parts = [
        windows(tf.distribute.InputContext(workers, index, workers))
        for index in range(workers)
    ]
    for step, batch in enumerate(windows(None)):
        for index, part in enumerate(parts):
            np.testing.assert_array_equal(part[step], batch[index::workers])
