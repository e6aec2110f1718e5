"""From a folder labeled with labelme to a model that labels, by programs."""

import json

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.datasets import load_dataset


@pytest.fixture
def folder(tmp_path):
    """Photos whose upper part is bright sky over dark, rough ground."""
    folder = tmp_path / "street"
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(6):
        horizon = 30 + 4 * number
        pixels = rng.integers(0, 90, (72, 96, 3), np.uint8)
        pixels[:horizon] += 150
        Image.fromarray(pixels).save(folder / f"{number}.jpg")
        shapes = [
            {
                "label": label,
                "points": [[0, top], [96, top], [96, bottom], [0, bottom]],
                "shape_type": "polygon",
            }
            for label, top, bottom in (("sky", 0, horizon), ("ground", 50, 72))
        ]
        content = {
            "version": "5.10.1",
            "shapes": shapes,
            "imagePath": f"{number}.jpg",
            "imageData": None,
            "imageHeight": 72,
            "imageWidth": 96,
        }
        (folder / f"{number}.json").write_text(json.dumps(content))
    return folder


@pytest.mark.slow
def test_a_labelme_folder_becomes_a_model_that_labels(
    run_command, folder, tmp_path, read_png
):
    data = ("--dataset=folder", f"--data_dir={folder}")
    run, model, out = (tmp_path / name for name in ("run", "model", "out"))

    for program, *flags in (
        (
            "train",
            *data,
            f"--model_dir={run}",
            "--preset=plain",
            "--steps=2",
            "--steps_per_epoch=2",
        ),
        ("evaluate", *data, f"--model={run}"),
        ("export", f"--model_dir={run}", f"--saved_model={model}"),
        (
            "label",
            f"--model={model}",
            f"--images={folder}",
            f"--output_dir={out}",
            "--annotations=voc",
        ),
    ):
        status, _, err = run_command(program, *flags)
        assert status == 0, err

    dataset = load_dataset("folder", out / "voc", "all")
    assert dataset.class_names == ("ground", "sky")
    assert dataset.num_examples == 6
    for example in dataset.examples.as_numpy_iterator():
        name = example["name"].decode()
        labels = read_png(out / f"{name}_labels.png")[1]
        np.testing.assert_array_equal(example["label"], labels)
