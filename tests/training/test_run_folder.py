"""The folder of a run: what continues, what is refused, what is damaged."""

import dataclasses
import json
import pathlib
import re
import resource
import shutil

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import load_dataset
from keras_rcnn.datasets.dataset_hash import fingerprint
from keras_rcnn.errors import InputError
from keras_rcnn.models import load_model
from keras_rcnn.training import Budget, checkpoints, train
from keras_rcnn.training.run_folder import (
    full_disk_named,
    lock,
    remember_settings,
)
from tests.helpers.scene_folder import write_scenes
from tests.helpers.small_run import RECIPE, small_network, small_scenes

LAST_PHASE = RECIPE.last_phase_alone()
STEPS = 3


@pytest.fixture(scope="module")
def scenes():
    return small_scenes()


def run(
    scenes,
    model_dir,
    recipe=LAST_PHASE,
    steps=STEPS,
    validation=None,
    **options,
):
    """Trains a small network; without held-out photos, which cost time."""
    model = small_network(scenes[0])
    arguments = {"steps_per_epoch": 3, "checkpoint_seconds": 0.0} | options
    train(
        model,
        recipe,
        scenes[0],
        validation,
        Budget(steps=steps),
        model_dir,
        **arguments,
    )
    return model.get_weights()


def error_of(function, *arguments, **options):
    """The message of an `InputError`, which is one line."""
    with pytest.raises(InputError) as error:
        function(*arguments, **options)
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.fixture(scope="module")
def whole_run(scenes, tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs") / "whole"
    return folder, run(scenes, folder)


@pytest.fixture
def folder(whole_run, tmp_path):
    """The folder of a run, to be damaged."""
    return pathlib.Path(shutil.copytree(whole_run[0], tmp_path / "run"))


# Settings


@pytest.mark.parametrize(
    ("change", "difference"),
    [
        ({"seed": 7}, r"seed=7 was 0"),
        (
            {"recipe": dataclasses.replace(LAST_PHASE, flip=False)},
            r"recipe.flip=false was true",
        ),
        ({"settings": {"preset": "rcnn1"}}, r'preset="rcnn1" was null'),
    ],
)
def test_another_run_is_refused(scenes, folder, change, difference):
    before = sorted(folder.rglob("*"))
    message = error_of(run, scenes, folder, **change)
    assert re.fullmatch(
        rf"model_dir={folder} holds a run with other settings \({difference}\)"
        ": choose another folder or delete it.",
        message,
    )
    assert sorted(folder.rglob("*")) == before


def test_swapped_classes_are_refused(scenes, folder):
    names = scenes[0].class_names
    swapped = (names[1], names[0], *names[2:])
    other = dataclasses.replace(scenes[0], class_names=swapped)
    message = error_of(run, (other, None), folder)
    assert '(classes=["mountain", "sky", "tree", "road", "water", ' in message


def test_a_hash_changes_with_names_photos_and_labels(tmp_path):
    root = write_scenes(tmp_path / "data")
    first = fingerprint(load_dataset("folder", root, "all"))
    moved = root.rename(tmp_path / "moved")
    assert fingerprint(load_dataset("folder", moved, "all")) == first
    mask = next((moved / "masks").iterdir())
    pixels = np.array(tf.io.decode_png(mask.read_bytes()))
    pixels[0, 0] = (pixels[0, 0] + 1) % 2
    mask.write_bytes(tf.io.encode_png(pixels).numpy())
    relabeled = fingerprint(load_dataset("folder", moved, "all"))
    for part in ("masks", "images"):
        file = sorted((moved / part).iterdir())[0]
        file.rename(file.with_stem(f"{file.stem}_b"))
    renamed = fingerprint(load_dataset("folder", moved, "all"))
    assert len({first, relabeled, renamed}) == 3


def test_photos_that_only_moved_are_the_same(tmp_path):
    def remember(folder, text):
        data = {"folder": folder, "fingerprint": text}
        remember_settings(tmp_path, {"data": data})

    remember("/a", "1")
    remember("/b", "1")
    assert 'data.folder="/c" was "/b"' in error_of(remember, "/c", "2")


@pytest.mark.parametrize(
    "damage",
    [
        lambda file: file.write_bytes(file.read_bytes()[:40]),
        lambda file: file.write_bytes(b""),
        lambda file: file.write_bytes(b"[]"),
        lambda file: file.write_bytes(b"\xff" + file.read_bytes()[1:]),
        lambda file: file.unlink(),
    ],
    ids=["cut", "empty", "no table", "changed", "missing"],
)
def test_damaged_settings_are_refused(folder, damage):
    file = folder / "settings.json"
    settings = json.loads(file.read_bytes())
    damage(file)
    message = error_of(remember_settings, folder, settings)
    assert "settings.json is missing or damaged (" in message
    assert message.endswith("choose another folder or delete it.")


# Checkpoints


def cut(file):
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])


def empty(file):
    file.write_bytes(b"")


def change(file):
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def delete(file):
    file.unlink()


@pytest.fixture
def saved(tmp_path):
    """A variable of 1 in the first checkpoint and of 2 in the second."""
    variable = tf.Variable(tf.zeros(50), trainable=False)
    checkpoint = tf.train.Checkpoint(variable=variable)
    manager = tf.train.CheckpointManager(checkpoint, tmp_path, 2)
    for value in (1.0, 2.0):
        variable.assign(tf.fill(50, value))
        manager.save()
    variable.assign(tf.zeros(50))
    return checkpoint, variable


DATA, INDEX = "data-00000-of-00001", "index"


@pytest.mark.parametrize("damage", [cut, empty, change, delete])
@pytest.mark.parametrize("ending", [DATA, INDEX])
def test_damage_to_a_checkpoint_costs_no_more_than_it(
    saved, tmp_path, capsys, damage, ending
):
    checkpoint, variable = saved
    damage(tmp_path / f"ckpt-2.{ending}")
    restored = checkpoints.restore_newest(checkpoint, tmp_path)
    assert restored == tmp_path / "ckpt-1"
    np.testing.assert_array_equal(variable, np.ones(50))
    printed = capsys.readouterr().out
    assert printed == (
        f"The checkpoint {tmp_path}/ckpt-2 is damaged or incomplete.\n"
    )
    # If no other is left, the run does not start again by itself.
    damage(tmp_path / f"ckpt-1.{ending}")
    if (tmp_path / "ckpt-2.index").exists():
        message = error_of(checkpoints.restore_newest, checkpoint, tmp_path)
        assert message.startswith(f"All checkpoints in {tmp_path} are damaged")


def test_a_first_checkpoint_that_was_never_finished_costs_nothing(
    saved, tmp_path
):
    checkpoint, _ = saved
    for file in tmp_path.glob("ckpt-2*"):
        file.unlink()
    cut(tmp_path / "ckpt-1.index")
    assert checkpoints.restore_newest(checkpoint, tmp_path) is None


@pytest.mark.parametrize("damage", [cut, empty, change, delete])
def test_a_list_of_checkpoints_that_is_damaged_is_written_again(
    saved, tmp_path, damage
):
    checkpoint, variable = saved
    damage(tmp_path / "checkpoint")
    newest = checkpoints.restore_newest(checkpoint, tmp_path)
    np.testing.assert_array_equal(variable, np.full(50, 2.0))
    checkpoints.tidy(tmp_path, newest)
    manager = tf.train.CheckpointManager(checkpoint, tmp_path, 2)
    assert manager.checkpoints == [f"{tmp_path}/ckpt-{n}" for n in (1, 2)]


def test_a_checkpoint_of_another_network_is_refused(saved, tmp_path):
    other = tf.train.Checkpoint(variable=tf.Variable(tf.zeros(9)))
    message = error_of(checkpoints.restore_newest, other, tmp_path)
    assert "ckpt-2 belongs to another network" in message


def test_a_run_goes_on_after_damage(scenes, whole_run, folder, capsys):
    """It learns the lost steps again, and deletes what a killed one left."""
    left = folder / "checkpoints" / "ckpt-9_temp"
    left.mkdir()
    (left / "part-00000-of-00001.index").touch()
    # Of the last step and of the end of the phase, which hold the same.
    for number in (3, 4):
        change(folder / "checkpoints" / f"ckpt-{number}.{DATA}")
    assert "are damaged" in error_of(run, scenes, folder)
    assert left.exists()
    shutil.copytree(whole_run[0], folder, dirs_exist_ok=True)
    change(folder / "checkpoints" / f"ckpt-4.{DATA}")
    cut(folder / "checkpoints" / "checkpoint")
    capsys.readouterr()
    weights = run(scenes, folder)
    assert capsys.readouterr().out.splitlines() == [
        f"The checkpoint {folder}/checkpoints/ckpt-4 is damaged or incomplete.",
        f"Going on after {STEPS} steps.",
    ]
    for ours, theirs in zip(weights, whole_run[1], strict=True):
        np.testing.assert_array_equal(ours, theirs)
    assert not left.exists()


# Other processes, full disks, losses


def test_one_run_a_folder(scenes, folder):
    with lock(folder):
        message = error_of(run, scenes, folder)
    assert message.startswith(f"Another process trains in model_dir={folder}")
    run(scenes, folder)


@pytest.fixture
def limit_files():
    """Function that limits the size of files, which stands for a full disk."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)

    def limit(num_bytes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (num_bytes, limits[1]))

    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)


def test_a_full_disk_is_named_and_costs_no_checkpoint(
    scenes, whole_run, folder, limit_files
):
    size = (folder / "checkpoints" / f"ckpt-4.{DATA}").stat().st_size
    limit_files(size // 2)
    message = error_of(run, scenes, folder, LAST_PHASE)
    assert message.startswith(f"model_dir={folder} cannot be written (")
    limit_files(resource.RLIM_INFINITY)
    weights = run(scenes, folder)
    for ours, theirs in zip(weights, whole_run[1], strict=True):
        np.testing.assert_array_equal(ours, theirs)


def test_a_checkpoint_on_a_full_disk(saved, tmp_path, limit_files):
    checkpoint, variable = saved
    limit_files(100)
    with pytest.raises(InputError) as error, full_disk_named(tmp_path):
        checkpoint.save(str(tmp_path / "ckpt"))
    limit_files(resource.RLIM_INFINITY)
    assert f"model_dir={tmp_path} cannot be written (" in str(error.value)
    checkpoints.restore_newest(checkpoint, tmp_path)
    np.testing.assert_array_equal(variable, np.full(50, 2.0))


def test_errors_of_other_kinds_stay_as_they_are(tmp_path):
    for error in (FileNotFoundError("x"), RuntimeError("x")):
        with pytest.raises(type(error)), full_disk_named(tmp_path):
            raise error


def test_a_loss_that_is_not_finite_ends_the_run(scenes, tmp_path):
    phase = dataclasses.replace(
        LAST_PHASE.phases[0], learning_rate=1e38, final_learning_rate=1e38
    )
    recipe = dataclasses.replace(LAST_PHASE, phases=(phase,), optimizer="sgd")
    message = error_of(run, scenes, tmp_path, recipe)
    assert re.match(
        r"Step \d, with the photos test_\d{3}(, test_\d{3})*, gave a loss "
        r"\(.*\) or weights that are not finite; the weights before it are "
        "kept: check these photos",
        message,
    )
    for weights in load_model(tmp_path).get_weights():
        assert np.isfinite(weights).all()
    reader = tf.train.load_checkpoint(str(tmp_path / "checkpoints"))
    for name, shape in reader.get_variable_to_shape_map().items():
        if shape:
            assert np.isfinite(reader.get_tensor(name)).all(), name


def test_weights_are_not_chosen_by_photos_without_labels(scenes, tmp_path):
    validation = scenes[1]
    unknown = validation.examples.map(
        lambda example: (
            example
            | {"label": tf.fill(tf.shape(example["label"]), np.uint8(255))}
        )
    )
    message = error_of(
        run,
        scenes,
        tmp_path,
        validation=dataclasses.replace(validation, examples=unknown),
    )
    assert message.startswith("No pixel of the validation photos has a known")
    assert not (tmp_path / "model.keras").exists()
