"""Images labeled in tiles, against the same images labeled whole."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf

import keras_rcnn
from keras_rcnn.labeling import METHODS
from keras_rcnn.labeling.scorers import scorer_for
from keras_rcnn.labeling.tiles import TileGrid
from tests.helpers.whole_numbers import (
    PRESETS_AND_INSTANCES,
    exact_photo,
    narrow_network,
)

# Of the weights: each network gives both of its classes.
SEED = 8
TRAINED = (
    pathlib.Path(__file__).parents[2] / "saved_models/rcnn2_stanford_background"
)


def labelers(model, **choices):
    """One that labels whole and one of the smallest tiles."""
    return [
        keras_rcnn.SceneLabeler(model, memory_mb=memory_mb, **choices)
        for memory_mb in (10_000, 0)
    ]


# The quickest that has several instances, and the one that has none.
QUICK = [("rcnn2", 2), ("plain", 1)]
CASES = [
    case if case in QUICK else pytest.param(*case, marks=pytest.mark.slow)
    for case in PRESETS_AND_INSTANCES
]


def odd_photo(geometry, instances):
    """Several tiles of less than a receptive field, the last one cut."""
    field = geometry.receptive_field(instances)
    return exact_photo(field + 2, 2 * field + 5)


@pytest.mark.parametrize(("preset", "instances"), CASES)
def test_tiles_equal_the_whole_at_every_resolution(preset, instances):
    model = narrow_network(preset, "relu", SEED)
    photo = odd_photo(model.geometry, instances)
    stride = model.geometry.output_stride(instances)
    for resolution in {1, 2, stride}:
        whole, tiled = labelers(
            model, num_instances=instances, output_resolution=resolution
        )
        size = photo.shape[:2]
        assert whole.tiles.images_a_pass(*size) > 0
        assert len(list(tiled.tiles.rows_of_tiles(*size))) > 1
        expected = whole(photo[None], return_probabilities=True)
        labels, probabilities = tiled(photo[None], return_probabilities=True)
        np.testing.assert_array_equal(labels, expected[0])
        # Softmax rounds the end of a row in another way than the rest.
        np.testing.assert_allclose(probabilities, expected[1], rtol=1e-6)
        assert len(np.unique(labels)) > 1


@pytest.mark.parametrize(
    ("resolution", "smoothing"), [(1, 5), (1, 15), (2, 5), (4, 15), (4, 3)]
)
def test_tiles_equal_the_whole_where_scores_are_averaged(resolution, smoothing):
    model = narrow_network("rcnn2", "relu", SEED)
    photo = odd_photo(model.geometry, 2)
    choices = {"num_instances": 2, "output_resolution": resolution}
    whole, tiled = labelers(model, smoothing=smoothing, **choices)
    assert len(list(tiled.tiles.rows_of_tiles(*photo.shape[:2]))) > 1
    expected = whole(photo[None], return_probabilities=True)
    labels, probabilities = tiled(photo[None], return_probabilities=True)
    np.testing.assert_allclose(probabilities, expected[1], atol=1e-5)
    # Means may be rounded in another way, which decides where two are equal.
    assert np.mean(labels == expected[0]) > 0.999
    alone = keras_rcnn.SceneLabeler(model, **choices)(photo[None])
    assert np.mean(labels == alone) < 0.999


@pytest.mark.parametrize("method", ["fragments", "shift_and_stitch"])
@pytest.mark.parametrize(("preset", "instances"), CASES)
def test_scores_of_a_window_equal_those_of_the_whole(preset, instances, method):
    model = narrow_network(preset, "relu", SEED)
    photo = odd_photo(model.geometry, instances)
    resolution = model.geometry.output_stride(instances) // 2
    image = (photo - np.float32(128))[None] / 32
    score = tf.function(METHODS[method], autograph=False)
    whole = score(model, image, instances, resolution).numpy()
    grid = scorer_for(model, instances, resolution).tiles(0, 1)
    for row, columns in grid.rows_of_tiles(*photo.shape[:2]):
        for column in columns:
            window = image[:, row.read, column.read]
            margins = tf.constant([row.margins, column.margins])
            scores = score(model, window, instances, resolution, margins)
            top, left = (
                span.labeled.start // resolution for span in (row, column)
            )
            rows, width = scores.shape[1:3]
            # The next tile's first scores as well, for interpolation.
            assert rows * resolution >= row.size
            np.testing.assert_array_equal(
                scores, whole[:, top : top + rows, left : left + width]
            )


@pytest.mark.parametrize("resolution", [1, 2])
def test_patches_in_tiles_equal_the_whole(resolution):
    model = narrow_network("rcnn2", "relu", SEED)
    whole, tiled = labelers(
        model, method="patches", num_instances=1, output_resolution=resolution
    )
    photo = odd_photo(model.geometry, 1)
    np.testing.assert_array_equal(tiled(photo), whole(photo))


@pytest.mark.parametrize("resolution", [1, 8])
def test_trained_weights_give_the_labels_of_the_whole(resolution):
    model = keras_rcnn.load_model(TRAINED)
    whole, tiled = labelers(model, output_resolution=resolution)
    rng = np.random.default_rng(0)
    # Coarse blobs, which have more than one class.
    photo = rng.integers(0, 256, (11, 13, 3), np.uint8)
    photo = photo.repeat(15, axis=0).repeat(15, axis=1)[:163, :191]
    labels = tiled(photo[None])
    np.testing.assert_array_equal(labels, whole(photo[None]))
    assert len(np.unique(labels)) > 1


def test_a_batch_in_parts_equals_its_photos_one_by_one():
    model = narrow_network("rcnn2", "relu", SEED)
    photos = np.stack([exact_photo(9, 14) // n for n in range(1, 6)])
    one = keras_rcnn.SceneLabeler(model, output_resolution=4)
    memory_mb = 16.0
    while one.tiles.images_a_pass(9, 14) != 2:
        memory_mb += 0.1
        one = keras_rcnn.SceneLabeler(
            model, output_resolution=4, memory_mb=memory_mb
        )
        assert memory_mb < 100
    labels, probabilities = one(photos, return_probabilities=True)
    for index in range(5):
        part = one(photos[index : index + 1], return_probabilities=True)
        np.testing.assert_array_equal(labels[index], part[0][0])
        np.testing.assert_allclose(probabilities[index], part[1][0], atol=1e-6)


def test_tiles_of_every_shape_share_one_graph():
    model = narrow_network("rcnn2", "relu", SEED)
    _, tiled = labelers(model, num_instances=1)
    for size in ((30, 50), (24, 99), (100, 7)):
        tiled(exact_photo(*size)[None])
    assert tiled.graph.label_tile_only.experimental_get_tracing_count() == 1


def test_bands_report_every_pixel_and_take_any_picture():
    """A picture on disk, say: all that it has is a shape and windows."""
    model = narrow_network("rcnn2", "relu", SEED)
    photo = exact_photo(60, 47)

    class Picture:
        shape = photo.shape

        def __getitem__(self, place):
            rows, columns = place
            return photo[rows, columns].copy()

    _, tiled = labelers(model, num_instances=1)
    done = []
    bands = list(tiled.label_in_bands(Picture(), progress=done.append))
    labels = np.concatenate([band["labels"] for band in bands])
    np.testing.assert_array_equal(labels, tiled(photo[None])[0])
    assert len(done) > len(bands) > 1
    assert sum(done) == 60 * 47


@pytest.mark.parametrize("max_pixels", [0, 40_000, 1_000_000])
@pytest.mark.parametrize(
    ("resolution", "smoothing", "around"),
    [(1, 1, 0), (8, 1, 0), (1, 5, 2), (8, 5, 8)],
)
@pytest.mark.parametrize(
    "size", [(1, 1), (7, 5000), (5000, 7), (1237, 991), (20_000, 20_000)]
)
def test_spans_cover_each_axis_once(
    size, resolution, smoothing, around, max_pixels
):
    # Those of rCNN2.
    after = int(resolution > 1)
    grid = TileGrid(77, 8, 155, max_pixels, resolution, after, smoothing)
    tile = grid.tile_size(*size)
    for length, side in zip(size, tile, strict=True):
        spans = list(grid.spans(length, side))
        pixels = [p for s in spans for p in range(length)[s.labeled]]
        assert pixels == list(range(length))
        for span in spans:
            assert span.labeled.start % 8 == 0
            # Patches of 155 pixels around the first and the last pixel
            # scored, the next grid point for one.
            first = max(0, span.labeled.start - around)
            last = span.labeled.stop - 1 + around + (resolution > 1)
            last = min(length - 1, last)
            assert span.read.start == max(0, first - 77)
            assert span.read.stop == min(length, last + 78)
            before, after = span.margins
            assert span.read.start + before == first
            assert span.read.stop - after == last + 1
            assert first + span.before == span.labeled.start
    # A receptive field and its margins are the least.
    margins = 2 * (77 + around + (resolution > 1))
    padded = [side + margins for side in tile]
    assert padded[0] * padded[1] <= max(
        max_pixels, (160 + margins) * max(160 + margins, *padded)
    )
