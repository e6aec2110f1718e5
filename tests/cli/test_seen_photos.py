"""How many photos of a data set a network was trained on."""

import json

import pytest
from PIL import Image

from keras_rcnn.cli.seen_photos import count_seen
from keras_rcnn.datasets import load_dataset
from tests.helpers.scene_folder import NAMES, write_scenes


@pytest.fixture
def photos(tmp_path):
    """Function of a split of ten photos."""
    folder = write_scenes(tmp_path / "own")
    return lambda split, **options: load_dataset(
        "folder", folder, split, **options
    )


def write_run(folder, photos, start_from=None):
    """The settings of a run that was trained on the photos."""
    folder.mkdir()
    digests = [file.digest for file in photos.files]
    settings = {"data": {"photos": digests}, "start_from": start_from}
    (folder / "settings.json").write_text(json.dumps(settings))
    return folder


def test_counts_photos_of_a_run_and_of_those_before(photos, tmp_path):
    test, everything = photos("test"), photos("all")
    first = write_run(tmp_path / "first", everything)
    run = write_run(tmp_path / "run", photos("train"), str(first))

    assert count_seen(first, test) == test.num_examples == 2
    assert count_seen(first / "model.keras", test) == 2
    assert count_seen(run, test) == 2
    honest = write_run(tmp_path / "honest", photos("train"))
    assert count_seen(honest, test) == 0
    assert count_seen(honest, everything) == 8


def test_photos_count_under_other_names_and_at_other_sizes(photos, tmp_path):
    run = write_run(tmp_path / "run", photos("all", longest_side=80))
    name = NAMES[0]
    with Image.open(tmp_path / f"own/images/{name}.jpg") as photo:
        photo.save(tmp_path / "own/images/new.png")
    (tmp_path / f"own/images/{name}.jpg").unlink()
    mask = tmp_path / f"own/masks/{name}.png"
    mask.rename(tmp_path / "own/masks/new.png")
    assert count_seen(run, photos("all")) == 10


@pytest.mark.parametrize("settings", ["", "[]", '{"data": 1}', "{"])
def test_unreadable_settings_and_shipped_networks(photos, tmp_path, settings):
    (tmp_path / "run").mkdir()
    (tmp_path / "run/settings.json").write_text(settings)
    assert count_seen(tmp_path / "run", photos("all")) == 0
    assert count_seen("rcnn2_stanford_background", photos("all")) == 0
