"""Configurations of networks that come from damaged or hostile files."""

import json
import zipfile

import pytest

from keras_rcnn import RecurrentCNN, load_model, save_model
from keras_rcnn.errors import InputError


@pytest.fixture(scope="module")
def saved(tmp_path_factory):
    file = tmp_path_factory.mktemp("saved") / "model.keras"
    save_model(RecurrentCNN.from_preset("rcnn1", 2), file)
    return file


def change(*keys_and_value):
    """Returns a function that sets a value in a configuration."""
    *keys, last, value = keys_and_value

    def apply(config):
        for key in keys:
            config = config[key]
        config[last] = value

    return apply


STACK = ("conv_stack", "config")


@pytest.mark.parametrize(
    ("damage", "message"),
    [
        (change("palette", 0, [999, 0, 0]), "range"),
        (change("palette", 0, [1, 2]), "red, green and blue"),
        (change("class_names", 0, 5), "Names of classes"),
        (change("class_names", 0, "a\x1b[2J"), "control characters"),
        (change("num_instances", 1_000_000), "1000000 instances are too many"),
        (change("num_instances", 9), "9 instances are too many"),
        (change(*STACK, "stages", 0, "kernel_size", 100_000), "weights"),
        (change(*STACK, "stages", 0, "filters", 10**12), "weights"),
        (change(*STACK, "stages", 0, "filters", 2.5), "integers"),
        (change(*STACK, "stages", 0, "pool_size", 10**9), "too many"),
        (change(*STACK, "stages", 0, "pool_size", 0), "integers"),
        (change(*STACK, "classifier_kernel_size", 100_001), "weights"),
        (change(*STACK, "num_classes", 256), "256 classes"),
        (change(*STACK, "num_classes", -1), "integers"),
        (
            change("conv_stack", {"class_name": "Dense", "module": "keras"}),
            "conv_stack",
        ),
    ],
)
def test_what_is_impossible_is_refused(saved, tmp_path, damage, message):
    with (
        zipfile.ZipFile(saved) as good,
        zipfile.ZipFile(tmp_path / "model.keras", "w") as bad,
    ):
        for name in good.namelist():
            content = good.read(name)
            if name == "config.json":
                config = json.loads(content)
                damage(config["config"])
                content = json.dumps(config).encode()
            bad.writestr(name, content)
    with pytest.raises(InputError, match=message) as error:
        load_model(tmp_path)
    assert str(error.value).startswith(f"{tmp_path}: ")
    assert "\n" not in str(error.value)
