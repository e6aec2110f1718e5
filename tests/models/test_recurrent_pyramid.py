"""The pyramid against a NumPy loop; parts of photos against whole photos."""

import numpy as np
import pytest
import tensorflow as tf

import keras_rcnn
from keras_rcnn.errors import InputError
from keras_rcnn.layers.pyramid_geometry import PyramidGeometry
from keras_rcnn.layers.shared_conv import SharedConv
from keras_rcnn.models import RecurrentPyramid, from_preset
from tests.helpers.oracle import NumpyPyramid
from tests.helpers.whole_numbers import exact_photo, narrow_pyramid

# The total stride of three levels is 16.
SIZES = [(1, 1), (15, 16), (16, 17), (33, 50)]


def halves(height, width, seed=0):
    """A photo of whole and half numbers."""
    rng = np.random.default_rng(seed)
    photo = rng.integers(-4, 5, (height, width, 3)) / 2
    return photo.astype(np.float32)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(
    ("levels", "depth", "passes"), [(3, 1, 1), (2, 2, 1), (2, 1, 2)]
)
def test_scores_are_those_of_a_loop(size, levels, depth, passes):
    model = narrow_pyramid(levels, depth, passes)
    photo = halves(*size)
    scores = model(photo[None])
    expected = NumpyPyramid(model).scores(photo)
    assert list(scores) == [f"instance_{p + 1}" for p in range(len(expected))]
    assert np.ptp(expected[-1]) > 0 or size == (1, 1)
    for found, loop in zip(scores.values(), expected, strict=True):
        np.testing.assert_array_equal(found[0], loop)


def test_fewer_instances_give_the_same_scores():
    model = narrow_pyramid()
    photo = halves(33, 50)[None]
    fewer, all_of_them = model(photo, num_instances=2), model(photo)
    assert list(fewer) == ["instance_1", "instance_2"]
    for name, scores in fewer.items():
        np.testing.assert_array_equal(scores, all_of_them[name])


def test_padded_photos_get_the_scores_that_they_get_alone():
    model = narrow_pyramid()
    sizes = [(1, 1), (15, 33), (48, 20), (48, 64)]
    batch = np.zeros((len(sizes), 48, 64, 3), np.float32)
    photos = [halves(*size, seed) for seed, size in enumerate(sizes)]
    for place, photo in zip(batch, photos, strict=True):
        place[: photo.shape[0], : photo.shape[1]] = photo
    together = model(batch, sizes=tf.constant(sizes))
    for index, photo in enumerate(photos):
        for name, scores in model(photo[None]).items():
            rows, columns = scores.shape[1:3]
            part = together[name][index, :rows, :columns]
            np.testing.assert_array_equal(part, scores[0])


@pytest.mark.parametrize("shared", [(3, 1, 1), (2, 1, 2)])
def test_no_pixel_outside_the_context_changes_a_score(shared):
    """And the context is not larger than that needs, rounded to the stride."""
    geometry = PyramidGeometry(*shared)
    model = narrow_pyramid(*shared)
    stride, context = (
        geometry.total_stride,
        geometry.context(geometry.num_instances),
    )
    name = f"instance_{geometry.num_instances}"
    side = 2 * context + stride
    photo = halves(side + 2 * stride, side + 2 * stride)
    part = photo[stride:-stride, stride:-stride]
    whole, alone = (model(each[None])[name][0] for each in (photo, part))
    first, cells = context // 4, stride // 4
    inside = slice(first, first + cells)
    moved = slice(first + cells, first + 2 * cells)
    np.testing.assert_array_equal(whole[moved, moved], alone[inside, inside])
    assert 0 < context < geometry.receptive_field() + stride


def test_receptive_field_worked_by_hand():
    """Of two levels and one convolution a stack.

    The finest cell of the way up, 0, sees cells -1 to 1 of its level on the
    way down, and the same cells enlarged, -1 and 0 of the level above. These
    see cells -2 to 1 of that level, pixels 8 * -2 - 2 = -18 to
    8 * 1 + 16 - 1 = 23 of the photo, and -4 to 3 of the level below. Cells -5
    to 4 there are pixels -21 to 23.
    """
    geometry = PyramidGeometry(levels=2, depth=1)
    assert [geometry.output_stride(p) for p in (1, 2)] == [8, 4]
    assert next(geometry._dependences(2, 0)) == (-21, 23)


def test_normalizations_are_folded():
    model = from_preset("pyramid_small", 3)
    rng = np.random.default_rng(0)
    photos = rng.normal(size=(2, 40, 70, 3)).astype(np.float32)
    for _ in range(3):
        model(photos, training=True)
    folded = model.copy("float32")
    assert folded.count_params() < model.count_params()
    for name, scores in model(photos).items():
        np.testing.assert_allclose(folded(photos)[name], scores, atol=1e-5)


def test_a_batch_is_normalized_by_its_own_statistics():
    layer = SharedConv(5, 3, num_scales=2)
    rng = np.random.default_rng(0)
    maps = rng.normal(2, 3, (4, 16, 20, 2)).astype(np.float32)
    layer.build(maps.shape)
    planes = tf.nn.conv2d(maps, layer.kernel, 1, "SAME").numpy()
    mean, variance = planes.mean((0, 1, 2)), planes.var((0, 1, 2))
    expected = np.maximum((planes - mean) / np.sqrt(variance + 1e-3), 0)
    found = layer(maps, scale=1, training=True)
    np.testing.assert_allclose(found, expected, atol=1e-4)
    # The running statistics of this scale alone move, by a twentieth.
    np.testing.assert_allclose(layer.means[1], 0.05 * mean, atol=1e-5)
    np.testing.assert_allclose(
        layer.variances[1], 0.95 + 0.05 * variance, rtol=1e-4
    )
    assert not np.any(layer.means[0])


@pytest.mark.parametrize("resolution", [4, 8])
@pytest.mark.parametrize("smoothing", [1, 5])
def test_tiles_get_the_labels_and_probabilities_of_the_whole(
    resolution, smoothing
):
    model = narrow_pyramid(levels=2)
    photo = exact_photo(203, 150)
    whole, tiled = (
        keras_rcnn.SceneLabeler(
            model,
            output_resolution=resolution,
            memory_mb=memory_mb,
            precision="float32",
            smoothing=smoothing,
        )
        for memory_mb in (1000, 0)
    )
    assert whole.tiles.images_a_pass(203, 150)
    assert not tiled.tiles.images_a_pass(203, 150)
    labels, probabilities = whole(photo, return_probabilities=True)
    assert len(np.unique(labels)) == 2
    found = tiled(photo, return_probabilities=True)
    np.testing.assert_array_equal(found[0], labels)
    np.testing.assert_array_equal(found[1], probabilities)


def test_scores_are_interpolated_between_the_centers_of_cells():
    model = narrow_pyramid(levels=2)
    labeler = keras_rcnn.SceneLabeler(model, precision="float32")
    photo = exact_photo(9, 13)
    standardized = (photo.astype(np.float32) - 128) / 32
    cells = NumpyPyramid(model).scores(standardized)[-1]
    places = [
        np.clip((np.arange(side) + 0.5) / 4 - 0.5, 0, cells.shape[axis] - 1)
        for axis, side in enumerate(photo.shape[:2])
    ]
    for axis, place in enumerate(places):
        low = np.floor(place).astype(int)
        high = np.minimum(low + 1, cells.shape[axis] - 1)
        part = (place - low).reshape((-1, 1, 1) if axis == 0 else (1, -1, 1))
        cells = cells.take(low, axis) * (1 - part) + (
            cells.take(high, axis) * part
        )
    powers = np.exp(cells - cells.max(-1, keepdims=True))
    np.testing.assert_allclose(
        labeler.predict_proba(photo),
        powers / powers.sum(-1, keepdims=True),
        atol=1e-5,
    )


def test_numbers_of_weights():
    assert from_preset("pyramid", 8).copy("float32").count_params() == 231_144
    assert from_preset("pyramid", 8).geometry.context(4, more_cells=1) == 192


def test_resolutions_decide_about_the_number_of_instances():
    model = from_preset("pyramid", 3)
    assert model.resolutions() == {4: 4, 8: 3, 16: 2, 32: 1}
    assert model.choose(None, None) == (4, 4)
    assert model.choose(None, 16) == (2, 16)
    assert model.choose(3, None) == (3, 8)
    assert [model.nearest_resolution(4, r) for r in (1, 4, 16)] == [4, 4, 16]
    assert model.nearest_resolution(2, 4) == 16
    for choice in ((3, 4), (None, 1), (5, None), (0, None), (None, 0)):
        with pytest.raises(InputError, match=r"is not possible|are not"):
            model.choose(*choice)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"levels": 0}, "levels=0 is not possible"),
        ({"passes": 1000}, "passes=1000 is not possible"),
        ({"width": 10**6}, "width=1000000 is not possible"),
    ],
)
def test_impossible_pyramids_are_refused(settings, message):
    with pytest.raises(InputError, match=message):
        RecurrentPyramid(3, **settings)


def test_new_classes_keep_the_trained_stacks():
    model = narrow_pyramid()
    other = model.with_classes(5)
    assert other.num_classes == 5
    np.testing.assert_array_equal(
        other.down.get_weights()[0], model.down.get_weights()[0]
    )
    with pytest.raises(InputError, match=r"call RecurrentPyramid\.from_preset"):
        keras_rcnn.RecurrentCNN.from_preset("pyramid", 3)
    with pytest.raises(InputError, match="stages"):
        from_preset("pyramid", 3, stages="4x3")
