"""Model cards of the shipped networks."""

import hashlib
import pathlib
from collections.abc import Mapping
from typing import Any

from keras_rcnn.models import SceneParser
from keras_rcnn.reports.rendering import render
from keras_rcnn.training.experiments import (
    Experiment,
    PaperRow,
    load_experiment,
    paper_rows,
    runs_before,
)

TITLES = {
    "stanford_background": (
        "Stanford Background (Gould, Fulton & Koller, ICCV 2009)"
    ),
    "sift_flow": (
        "SIFT Flow (Liu, Yuen & Torralba, PAMI 2011; label maps of Tighe & "
        "Lazebnik, ECCV 2010)"
    ),
}
HELD_OUT = {
    "stanford_background": "the photos of fold 0",
    "sift_flow": "the photos of its test list",
}
# The purpose of files, and of folders, by name.
PURPOSES = {
    "saved_model.pb": (
        "with `variables/`: plain TensorFlow and servers; "
        "`docs/serving.md` lists its signatures"
    ),
    "model.keras": "`keras_rcnn.load_model`",
    "assets": "names and colors of the classes; training and scores",
    "assets.extra": "warm-up requests for a server",
    "litert": (
        "phones, see `docs/phones.md`; `report.json`: measurements of the "
        "files of the scored network"
    ),
    "labeling.onnx": "ONNX Runtime, OpenVINO",
    "instances.png": (
        "a photo by danielbuechele (Flickr, CC BY 2.0), by `make demo`"
    ),
}


def write_card(
    name: str,
    folder: pathlib.Path,
    model: SceneParser,
    trained: Mapping[str, Any],
    held_out: Mapping[str, Any],
) -> str:
    """The card, in Markdown.

    Args:
        name: name of the experiment that trained the network.
        folder: folder of all shipped files of the network.
        model: the network.
        trained: results of the experiment, `results/NAME.json`.
        held_out: results of the experiment `scored_name(name)`.
    """
    experiment = load_experiment(name)
    scored = _scored(experiment, held_out)
    return render(
        "model_card.md",
        name=name,
        folder=folder,
        model=model,
        trained=trained,
        held_out=held_out,
        experiment=experiment,
        title=TITLES[experiment.dataset],
        held_out_photos=_held_out(experiment),
        finest=scored[-1][0].output_resolution if scored else 1,
        saw_all_photos=experiment.split == "all",
        runs_before=runs_before(name),
        purposes=_purposes(folder),
        scores=[_score_cells(*each) for each in scored],
        classes=[
            (class_name, "-" if value is None else f"{100 * value:.1f}")
            for class_name, value in scored[-1][1]["per_class"].items()
        ],
        files=_files(folder),
    )


def _held_out(experiment: Experiment) -> str:
    """The photos that scores are of, in words."""
    if experiment.dataset == "sift_flow" and experiment.fold:
        return f"random list {experiment.fold} of 200 photos"
    return HELD_OUT[experiment.dataset]


def _scored(
    experiment: Experiment, held_out: Mapping[str, Any]
) -> list[tuple[PaperRow, Mapping[str, Any]]]:
    rows = paper_rows(experiment.dataset, experiment.preset)
    scores = held_out["scores"]
    return [(row, scores[row.key]) for row in rows if row.key in scores]


def _score_cells(row: PaperRow, score: Mapping[str, Any]) -> list[str]:
    keys = ("pixel_accuracy", "class_accuracy", "mean_iou")
    return [
        str(row.num_instances),
        f"1/{row.output_resolution}",
        *(f"{100 * score[key]:.1f}" for key in keys),
        row.accuracies,
    ]


def _purposes(folder: pathlib.Path) -> list[tuple[str, str]]:
    return [
        (f"`{name}{'/' * (folder / name).is_dir()}`", purpose)
        for name, purpose in PURPOSES.items()
        if (folder / name).exists()
    ]


def _files(folder: pathlib.Path) -> list[tuple[str, str, str]]:
    """Name, size and hash of all files except the card and the picture."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix not in {".md", ".png"}:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            name = file.relative_to(folder).as_posix()
            found.append((f"`{name}`", str(len(content)), f"`{digest}`"))
    return found
