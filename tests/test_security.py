"""What SECURITY.md says about `.keras` files."""

import contextlib
import json
import zipfile

import keras
import pytest

import keras_rcnn
from keras_rcnn.errors import InputError


def test_code_in_a_keras_file_does_not_run(tmp_path):
    mark = tmp_path / "mark"
    path = str(mark)
    run_code = keras.layers.Lambda(lambda x: (open(path, "w").close(), x)[1])
    model = keras.Sequential([keras.Input((1,)), run_code])
    mark.unlink()
    model.save(tmp_path / "model.keras")
    keras.saving.load_model(tmp_path / "model.keras", safe_mode=False)
    mark.unlink()
    with pytest.raises(InputError, match=r"not a readable Keras model"):
        keras_rcnn.load_model(tmp_path)
    assert not mark.exists()


@pytest.mark.parametrize("place", ["config", "compile_config"])
def test_a_keras_file_names_no_function_to_be_called(tmp_path, place):
    mark = tmp_path / "mark"
    call = {"module": "os", "class_name": "mkdir", "config": str(mark)}
    model = keras_rcnn.RecurrentCNN.from_preset("plain", num_classes=2)
    model.build((None, None, None, 3))
    keras_rcnn.save_model(model, tmp_path / "good.keras")
    with (
        zipfile.ZipFile(tmp_path / "good.keras") as good,
        zipfile.ZipFile(tmp_path / "model.keras", "w") as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == "config.json":
                config = json.loads(content)
                config[place] = {"class_names": call, "optimizer": call}
                content = json.dumps(config).encode()
            bad.writestr(name, content)
    # Keras does not even read the configuration of `compile`.
    refused = pytest.raises(InputError, match=r"not a readable Keras model")
    with refused if place == "config" else contextlib.nullcontext():
        keras_rcnn.load_model(tmp_path)
    assert not mark.exists()
