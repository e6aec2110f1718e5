"""Folders of map tiles with masks."""

import numpy as np
import pytest

from keras_rcnn import datasets
from keras_rcnn.errors import InputError
from tests.helpers.geotiff import write_geotiff

pytestmark = pytest.mark.extras(name="maps")
CLASSES = "water\nland\n"
BANDS = ("--bands=3,2,1", "--value_range=0,4000")


@pytest.fixture
def tiles(tmp_path):
    """Six tiles of blue, green, red and infrared, 12 bits, and their masks."""
    rng = np.random.default_rng(0)
    (tmp_path / "classes.txt").write_text(CLASSES)
    for index in range(6):
        bands = rng.integers(1, 4000, (4, 20, 30), np.uint16)
        bands[:, :3] = 0
        mask = (bands[3:] > 2000).astype(np.uint8)
        mask[:, -1] = 9
        write_geotiff(tmp_path / f"images/{index}.tif", bands, nodata=0)
        write_geotiff(tmp_path / f"masks/{index}.tif", mask, nodata=9)
    return tmp_path


def load(folder, **choices):
    choices = {"bands": (3, 2, 1), "value_range": (0, 4000), **choices}
    dataset = datasets.load_dataset("folder", folder, split="all", **choices)
    return list(dataset.examples.as_numpy_iterator())


def test_bands_range_and_pixels_without_data(tiles):
    import rasterio

    examples = load(tiles)
    assert len(examples) == 6
    for index, example in enumerate(examples):
        with rasterio.open(tiles / f"images/{index}.tif") as file:
            bands = file.read()
        with rasterio.open(tiles / f"masks/{index}.tif") as file:
            mask = file.read(1)
        colors = np.rint(bands[[2, 1, 0]] * (255 / 4000)).transpose(1, 2, 0)
        np.testing.assert_array_equal(example["image"][3:], colors[3:])
        mean = np.rint(colors[3:].mean(axis=(0, 1)))
        assert (example["image"][:3] == mean).all()
        expected = mask.copy()
        expected[mask == 9] = 255
        expected[:3] = 255
        np.testing.assert_array_equal(example["label"], expected)


def test_png_masks_of_maps(tiles, write_picture):
    for index in range(6):
        (tiles / f"masks/{index}.tif").unlink()
        write_picture(f"masks/{index}.png", np.ones((20, 30), np.uint8))
    for example in load(tiles):
        assert (example["label"][:3] == 255).all()
        assert (example["label"][3:] == 1).all()


@pytest.mark.parametrize(
    ("file", "change", "choices", "expected"),
    [
        ("images/2.tif", {}, {"bands": ()}, "has 4 bands, not marked"),
        ("images/2.tif", {}, {"value_range": ()}, "holds uint16 values"),
        ("images/2.tif", {}, {"bands": (1, 2, 7)}, "has no band 7"),
        ("masks/2.tif", {"shift": 1}, {}, "lies elsewhere than"),
        ("masks/2.tif", {"value": 3}, {}, "holds the value 3"),
        ("masks/2.tif", {"dtype": np.float32}, {}, "one band of whole numbers"),
        ("masks/2.tif", {"dtype": np.int16, "value": 300}, {}, "from 0 to 300"),
        ("masks/2.tif", {"text": True}, {}, "is not a whole GeoTIFF"),
    ],
)
def test_faults_are_named(tiles, file, change, choices, expected):
    import rasterio

    path = tiles / file
    if change.get("text"):
        path.write_text("no picture")
    elif change:
        mask = np.zeros((1, 20, 30), change.get("dtype", np.uint8))
        mask[0, 5, 5] = change.get("value", 1)
        moved = rasterio.Affine.translation(change.get("shift", 0), 0)
        with rasterio.open(path) as old:
            transform = moved @ old.transform
        write_geotiff(path, mask, transform=transform)
    with pytest.raises(InputError, match=expected):
        load(tiles, **choices)


def test_other_data_sets_have_no_bands(tmp_path):
    with pytest.raises(InputError, match="bands= is for the data set `folder`"):
        datasets.load_dataset("synthetic", bands=(1, 2, 3))
    with pytest.raises(InputError, match=r"bands=1,2: networks see three"):
        datasets.load_dataset("folder", tmp_path, bands=(1, 2))


def test_check_takes_the_flags(run_command, tiles):
    folder = ("--dataset=folder", f"--data_dir={tiles}")
    status, out, err = run_command("check", *folder, *BANDS)
    assert status == 0, out + err
    status, out, _ = run_command("check", *folder)
    assert status == 1
    assert "choose them by --bands=3,2,1." in out


@pytest.mark.long
def test_train_and_evaluate_take_the_flags(run_command, tiles, tmp_path):
    folder = ("--dataset=folder", f"--data_dir={tiles}", *BANDS)
    run = f"{tmp_path}/run"
    status, _, err = run_command(
        "train",
        *folder,
        "--stages=4x4p2",
        "--preset=plain",
        f"--model_dir={run}",
        "--steps=1",
        "--steps_per_epoch=1",
    )
    assert status == 0, err
    status, out, err = run_command(
        "evaluate", f"--model={run}", "--split=all", *folder
    )
    assert status == 0, err
    assert out.startswith("6 photos, ")
