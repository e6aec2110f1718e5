"""`label` and `evaluate` with several models and several views."""

import json

import numpy as np
import pytest

from keras_rcnn import SceneLabeler
from keras_rcnn.models.saving import save_model
from tests.helpers.labeled_photos import folder, photos
from tests.helpers.run_command import error_line

__all__ = ["folder", "photos"]


@pytest.fixture(scope="module")
def other(model):
    """A network with other weights."""
    other = type(model).from_config(model.get_config())
    rng = np.random.default_rng(5)
    other.set_weights(
        [rng.normal(0, 0.1, each.shape) for each in model.get_weights()]
    )
    return other


@pytest.fixture(scope="module")
def models(model_dir, other, tmp_path_factory):
    """The value of --model for both networks."""
    file = tmp_path_factory.mktemp("other") / "model.keras"
    save_model(other, file)
    return f"{model_dir},{file}"


def choice(model):
    return SceneLabeler(model, output_resolution=4, num_instances=2)


def test_label_averages_models_and_views(
    read_png, label, write_picture, noise, model, other, models, tmp_path
):
    status, _, err = label(
        write_picture("a.png", noise), "--flip", model=models
    )

    assert status == 0, err
    views = np.stack([noise, noise[:, ::-1]])
    proba = []
    for each in (model, other):
        straight, mirrored = choice(each).predict_proba(views)
        proba += [straight, mirrored[:, ::-1]]
    labels = read_png(tmp_path / "out/a_labels.png")[1]
    np.testing.assert_array_equal(labels, np.argmax(sum(proba), axis=-1))
    # Each model and each view decides about some pixels.
    for some in (proba[:2], proba[2:], proba[::2], proba[1::2]):
        assert np.any(labels != np.argmax(sum(some), axis=-1))


@pytest.mark.slow
def test_evaluate_averages_models(
    run_command, folder, photos, model, other, models, tmp_path
):
    status, _, err = run_command(
        "evaluate",
        f"--model={models}",
        "--dataset=folder",
        f"--data_dir={folder}",
        "--split=all",
        "--output_resolution=4",
        "--num_instances=2",
        f"--report={tmp_path}/report.json",
    )

    assert status == 0, err
    right = total = 0
    for photo, mask in photos.values():
        proba = sum(
            choice(each).predict_proba(photo) for each in (model, other)
        )
        known = mask != 255
        right += np.count_nonzero((proba.argmax(axis=-1) == mask)[known])
        total += np.count_nonzero(known)
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["pixel_accuracy"] == pytest.approx(right / total)


def test_models_of_other_classes_and_large_photos(
    label, write_picture, noise, model, models, tmp_path
):
    photo = write_picture("a.png", np.tile(noise, (8, 5, 1)))
    status, _, err = label(photo, "--memory_mb=1", model=models)
    assert status == 1
    assert "a.png is too large for --memory_mb, and only one network" in err

    config = model.get_config() | {"class_names": ["grass", "sky", "road"]}
    save_model(type(model).from_config(config), tmp_path / "wrong.keras")
    wrong = f"{models},{tmp_path}/wrong.keras"
    line = error_line(label(photo, model=wrong, output_dir=tmp_path / "new/a"))
    assert line.startswith(f"{tmp_path}/wrong.keras has the classes grass, sky")
    assert not (tmp_path / "new").exists()


def test_a_scale_that_is_not_above_0_is_refused_before_the_model(
    label, run_command, tmp_path
):
    results = [
        label("a.png", "--scale=1", "--scale=0", model="missing"),
        run_command(
            "evaluate", "--model=missing", "--dataset=synthetic", "--scale=-2"
        ),
    ]
    for value, result in zip((0, -2), results, strict=True):
        line = error_line(result, status=2)
        assert line.startswith(f"--scale={value}: give a magnification above 0")
    assert list(tmp_path.iterdir()) == []
