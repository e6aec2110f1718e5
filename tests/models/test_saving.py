"""Names, files and repositories that `load_model` takes."""

import pathlib
import shutil
import subprocess
import sys
import types
import zipfile

import keras
import numpy as np
import pytest
from keras.src.saving import saving_lib

from keras_rcnn import RecurrentCNN, load_model, save_model
from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.models import zoo

SAVED = pathlib.Path(__file__).parents[2] / "saved_models"
HUB = "hf://someone/street"


@pytest.fixture
def model():
    keras.utils.set_random_seed(0)
    return RecurrentCNN.from_preset("rcnn1", 2, ("sky", "road"))


def assert_same(model, twin):
    assert twin.class_names == model.class_names
    for weight, other in zip(
        model.get_weights(), twin.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(weight, other)


def test_every_shipped_network_has_a_name():
    folders = {file.parent.name for file in SAVED.glob("*/model.keras")}
    assert set(zoo.shipped_networks()) == folders
    assert folders
    name = "rcnn2_stanford_background"
    assert zoo.shipped_file(name) == SAVED / name / "model.keras"


def test_a_shipped_network_is_loaded_by_name_in_any_folder(
    tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    name = "rcnn2_stanford_background"
    assert_same(load_model(SAVED / name), load_model(name))


def test_networks_of_an_installed_package(tmp_path, monkeypatch):
    installed = tmp_path / "saved_models"
    shutil.copytree(SAVED / "plain_sift_flow", installed / "plain_sift_flow")
    monkeypatch.setattr(zoo, "_FOLDERS", (installed, tmp_path / "none"))
    assert zoo.shipped_networks() == ("plain_sift_flow",)
    assert_same(
        load_model(SAVED / "plain_sift_flow"), load_model("plain_sift_flow")
    )


def test_a_file_in_the_folder_overrides_a_shipped_name(
    model, tmp_path, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "plain_sift_flow"
    folder.mkdir()
    save_model(model, folder / "model.keras")
    assert_same(model, load_model("plain_sift_flow"))


def test_an_unknown_name_lists_the_names():
    with pytest.raises(InputError) as error:
        load_model("rcnn2_stanford_backgroud")
    message = str(error.value)
    assert "did you mean rcnn2_stanford_background?" in message
    assert all(name in message for name in zoo.shipped_networks())


class LocalHub:
    """Repositories of the Hub as folders; takes the place of its package."""

    def __init__(self, folder):
        self.folder = folder
        self.HfApi = lambda **kwargs: self

    def snapshot_download(self, repo_id, **kwargs):
        return str(self.folder / repo_id)

    def create_repo(self, repo_id, exist_ok):
        return types.SimpleNamespace(repo_id=repo_id)

    def upload_folder(self, repo_id, folder_path, commit_message):
        shutil.copytree(folder_path, self.folder / repo_id)


def test_a_repository_of_the_hub(model, tmp_path, monkeypatch):
    monkeypatch.setattr(saving_lib, "huggingface_hub", LocalHub(tmp_path))
    save_model(model, HUB)
    assert (tmp_path / "someone/street/config.json").is_file()
    assert_same(model, load_model(HUB))
    with pytest.raises(InputError, match="hf://no/model: not a readable"):
        load_model("hf://no/model")


def test_the_hub_needs_an_extra(model, monkeypatch):
    monkeypatch.setattr(saving_lib, "huggingface_hub", None)
    for use in (load_model, lambda place: save_model(model, place)):
        with pytest.raises(InputError) as error:
            use(HUB)
        assert str(error.value) == str(missing_extra(HUB, "hf"))


@pytest.fixture
def saved(model, tmp_path):
    """The file of a network."""
    save_model(model, tmp_path / "model.keras")
    return tmp_path / "model.keras"


def test_a_file_with_changed_bytes_is_refused_in_one_line(model, saved):
    content = saved.read_bytes()
    refused = 0
    for seed in range(40):
        random = np.random.default_rng(seed)
        damaged = bytearray(content)
        for place in random.integers(0, len(content), 1 + seed % 4):
            damaged[place] ^= int(random.integers(1, 256))
        saved.write_bytes(damaged[: random.integers(1, len(content) + 99)])
        message = error_of(saved)
        if message is None:
            # A changed byte may be one of those that do not count.
            assert_same(model, load_model(saved))
            continue
        refused += 1
        assert message.startswith(f"{saved}: ")
        assert "\n" not in message
    assert refused > 30


def error_of(file):
    try:
        load_model(file)
    except InputError as error:
        return str(error)
    return None


def test_weights_that_are_not_finite_are_refused(model, tmp_path):
    weights = model.get_weights()
    for value in (np.nan, np.inf):
        weights[2].flat[7] = value
        model.set_weights(weights)
        save_model(model, tmp_path / "model.keras")
        with pytest.raises(InputError, match="some weights are not finite"):
            load_model(tmp_path)


def test_a_file_that_grows_when_it_is_unpacked_is_refused(saved, monkeypatch):
    monkeypatch.setattr("keras_rcnn.models.saving._MAX_BYTES", 2**22)
    assert load_model(saved)
    with zipfile.ZipFile(saved, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("zeros", bytes(2**22))
    with pytest.raises(InputError, match="more than 4194304 bytes"):
        load_model(saved)


def test_a_new_process_loads_both_families():
    """Keras knows a class only after its module was imported."""
    code = (
        "import keras_rcnn\n"
        "for name in ('plain', 'pyramid'):\n"
        "    model = keras_rcnn.load_model(f'{name}_stanford_background')\n"
        "    print(type(model).__name__)\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["RecurrentCNN", "RecurrentPyramid"]
