"""Pictures of what trained networks do."""

import pathlib
from typing import Any

import numpy as np

from experiments.runs import Results, last_score
from keras_rcnn import SceneLabeler, load_model
from keras_rcnn.datasets import load_dataset
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.images import write_png
from keras_rcnn.reports import confusion_figure, instances_strip
from keras_rcnn.training.experiments import load_experiment


def write_confusion_matrices(folder: pathlib.Path, results: Results) -> None:
    """What each class is taken for, by the last row of each experiment.

    Args:
        folder: gets `confusion_NAME.png`.
        results: of each experiment, by name.
    """
    for name, result in results.items():
        score = last_score(name, result)
        if score:
            figure = confusion_figure(
                np.array(score["confusion_matrix"]), list(score["per_class"])
            )
            write_png(folder / f"confusion_{name}.png", figure)


def write_labeled_photos(
    folder: pathlib.Path,
    name: str,
    model_dir: pathlib.Path,
    data_dir: str | None,
    num_photos: int,
) -> None:
    """The paper's Figure 5: a photo and its labels by instance 1, 2, 3.

    Args:
        folder: gets a folder of the experiment's name.
        name: of the experiment.
        model_dir: its run.
        data_dir: where the data sets were prepared.
        num_photos: how many, spread over the photos it never saw.
    """
    experiment = load_experiment(name)
    dataset = load_dataset(
        experiment.dataset, data_dir, "test", experiment.fold
    )
    model = load_model(model_dir)
    labelers = [
        SceneLabeler(model, num_instances=instances)
        for instances in range(1, model.num_instances + 1)
    ]
    chosen = set(_spread(num_photos, dataset.num_examples))
    for index, example in enumerate(dataset.examples.as_numpy_iterator()):
        if index in chosen:
            labels = [
                labeler(example["image"][None])[0] for labeler in labelers
            ]
            strip = instances_strip(
                example["image"], labels, dataset.class_names, dataset.palette
            )
            file = pathlib.Path(f"{example['name'].decode()}.png").name
            write_png(make_folder(folder / name) / file, strip)


def _spread(count: int, total: int) -> Any:
    return np.linspace(0, total - 1, min(count, total), dtype=int)
