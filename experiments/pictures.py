"""Confusion matrices and labeled photos of trained networks."""

import pathlib

import numpy as np

from experiments.runs import Results, last_score
from keras_rcnn import SceneLabeler, load_model
from keras_rcnn.datasets.load import load_dataset
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.images import write_png
from keras_rcnn.reports import confusion_figure, instances_strip
from keras_rcnn.training.experiments import load_experiment


def write_confusion_matrices(folder: pathlib.Path, results: Results) -> None:
    """Writes the confusion matrix of the last score of each experiment.

    Args:
        folder: where `confusion_NAME.png` is written.
        results: results of each experiment, by name.
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
    """Writes the paper's Figure 5: a photo and the labels of each instance.

    Args:
        folder: where a folder with the name of the experiment is made.
        name: name of the experiment.
        model_dir: folder of its run.
        data_dir: folder of the prepared data sets; None for the usual one.
        num_photos: number of photos, spread evenly over the test photos.
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
    total = dataset.num_examples
    chosen = set(
        np.linspace(0, total - 1, min(num_photos, total), dtype=int).tolist()
    )
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
