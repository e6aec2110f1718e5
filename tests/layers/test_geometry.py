"""Sizes against numbers worked out by hand and against a brute-force count."""

import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.models.presets import PRESETS, output_stride, receptive_field


@pytest.mark.parametrize(
    ("preset", "instances", "field", "stride"),
    [
        # 1 -> conv 7: 7 -> pool 2: 14 -> conv 3: 16 -> pool 8: 128 -> 133
        ("plain", 1, 133, 16),
        # 1 -> pool 2: 2 -> conv 8: 9 -> pool 2: 18 -> conv 8: 25
        ("rcnn1", 1, 25, 4),
        # 25 -> pool 2: 50 -> conv 8: 57 -> pool 2: 114 -> conv 8: 121
        ("rcnn1", 2, 121, 16),
        # 1 -> conv 8: 8 -> pool 2: 16 -> conv 8: 23
        ("rcnn2", 1, 23, 2),
        ("rcnn2", 2, 67, 4),
        ("rcnn2", 3, 155, 8),
    ],
)
def test_fields_and_strides_of_the_paper(preset, instances, field, stride):
    assert receptive_field(preset, instances) == field
    assert output_stride(preset, instances) == stride
    geometry = PRESETS[preset].geometry
    assert 2 * geometry.padding(instances) + 1 == field


def test_field_of_all_instances_is_the_default():
    assert receptive_field("rcnn1") == 121
    assert output_stride("rcnn2") == 8


def count_cells(size, layers):
    """Counts the windows that fit, one by one."""
    for kernel, step in layers:
        size = sum(
            1 for start in range(0, size, step) if start + kernel <= size
        )
    return size


@pytest.mark.parametrize("preset", ["plain", "rcnn1", "rcnn2"])
@pytest.mark.parametrize("instances", [1, 2])
def test_plane_sizes_count_the_windows_that_fit(preset, instances):
    geometry = PRESETS[preset].geometry
    for size in range(1, 200):
        assert geometry.output_size(size, instances) == count_cells(
            size, geometry.layers * instances
        )
    assert (
        geometry.output_size(geometry.input_size(5, instances), instances) == 5
    )
    assert (
        geometry.output_size(geometry.input_size(5, instances) - 1, instances)
        == 4
    )


@pytest.mark.parametrize(
    ("layers", "instances", "offset"),
    [
        # Field 23, cell 0 centered on pixel 11; the 2 pixels 11 and 12.
        (((8, 1), (2, 2), (8, 1)), 1, 11),
        # Field 67, center 33; the 4 pixels 32 to 35.
        (((8, 1), (2, 2), (8, 1)), 2, 32),
        # Stride 3, field 5, center 2; the 3 pixels 1 to 3.
        (((3, 1), (3, 3)), 1, 1),
    ],
)
def test_image_blocks_lie_in_the_middle(layers, instances, offset):
    assert StackGeometry(layers).image_offset(instances) == offset


def test_an_even_field_is_refused():
    with pytest.raises(ValueError, match=r"8.*no middle pixel"):
        StackGeometry(((8, 1),))


def test_too_small_an_input_names_the_size_needed():
    with pytest.raises(InputError, match=r"154x200.*155x155"):
        PRESETS["rcnn2"].geometry.check_input_size(154, 200, 3)
    PRESETS["rcnn2"].geometry.check_input_size(155, None, 3)


def test_an_unknown_preset_names_those_that_exist():
    with pytest.raises(InputError, match=r"'rcnn3'.*plain, .*rcnn1, rcnn2"):
        receptive_field("rcnn3")
