"""The model card of a network that ships."""

import hashlib
import pathlib
import textwrap
from collections.abc import Mapping
from typing import Any

from keras_rcnn import RecurrentCNN
from keras_rcnn.reports.markdown_table import markdown_table
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
# What a file of that name, or in a folder of that name, is for.
PURPOSES = {
    "saved_model.pb": (
        "with `variables/`: plain TensorFlow and servers; "
        "`docs/serving.md` lists its signatures"
    ),
    "model.keras": "`keras_rcnn.load_model`",
    "assets": "names and colors of the classes; training and scores",
    "assets.extra": "requests that warm a server up",
    "litert": (
        "phones, see `docs/phones.md`; `report.json`: what those of the "
        "network that was scored were measured to be"
    ),
    "labeling.onnx": "ONNX Runtime, OpenVINO",
    "instances.png": (
        "a photo by danielbuechele (Flickr, CC BY 2.0), by `make demo`"
    ),
}


def write_card(
    name: str,
    folder: pathlib.Path,
    model: RecurrentCNN,
    trained: Mapping[str, Any],
    held_out: Mapping[str, Any],
) -> str:
    """The card, in Markdown.

    Args:
        name: of the experiment that trained the network.
        folder: with all that ships.
        model: the network.
        trained: what came of that experiment, as `results/NAME.json` says.
        held_out: what came of the experiment `scored_name(name)`.
    """
    parts = [
        _introduction(name, model),
        markdown_table(("file", "for"), _purposes(folder)),
        _training(name, folder, trained),
        _scores(name, held_out),
        _classes(name, held_out),
        _limits(model),
        "## Files\n",
        markdown_table(("file", "bytes", "sha256"), _files(folder)),
    ]
    return "\n".join(parts)


def _introduction(name: str, model: RecurrentCNN) -> str:
    experiment = load_experiment(name)
    title = TITLES[experiment.dataset].split(" (")[0]
    classes = ", ".join(model.class_names)
    instances = model.num_instances
    return f"# {experiment.preset}, {title}\n\n" + _paragraph(
        f"A network of {instances} instance{'s' * (instances > 1)} and "
        f"{model.count_params():,} weights that labels each pixel of an "
        f"outdoor photo as one of {model.num_classes} classes: {classes}. "
        "Source: Pinheiro & Collobert, arXiv:1306.2795."
    )


def _training(
    name: str, folder: pathlib.Path, trained: Mapping[str, Any]
) -> str:
    experiment = load_experiment(name)
    machine = trained["machine"].splitlines()[0]
    but_for = (
        ""
        if experiment.split == "all"
        else f" but for {HELD_OUT[experiment.dataset]}"
    )
    before = runs_before(name)
    after = f", after the run{'s' * (len(before) > 1)} that it builds on"
    commands = [
        *(f"python tools/train.py --experiment={other}" for other in before),
        trained["command"],
        f"python tools/export.py --model_dir=runs/{name} \\",
        f"    --saved_model=saved_models/{folder.name}",
    ]
    return (
        "## Training\n\n"
        + _paragraph(
            f"Data: {TITLES[experiment.dataset]}, all photos of its "
            f"development part{but_for}. {trained['steps']:,} steps, "
            f"{trained['minutes']:.0f} minutes on {machine}, {trained['date']}"
            f"{after if before else ''}:"
        )
        + "\n"
        + textwrap.indent("\n".join(commands), "    ")
        + "\n"
    )


def _scores(name: str, held_out: Mapping[str, Any]) -> str:
    experiment = load_experiment(name)
    rows = [
        (
            str(row.num_instances),
            f"1/{row.output_resolution}",
            *(
                f"{100 * score[key]:.1f}"
                for key in ("pixel_accuracy", "class_accuracy", "mean_iou")
            ),
            row.accuracies,
        )
        for row, score in _scored(experiment, held_out)
    ]
    header = (
        "instances",
        "labels computed",
        "pixel accuracy",
        "class accuracy",
        "mean IoU",
        "the paper, pixels / classes",
    )
    photos = HELD_OUT[experiment.dataset]
    before, said = "", f"On {photos}, which it never saw"
    if experiment.split == "all":
        before = (
            "This network has seen all photos, so nothing is left to score it "
            f"on. The same settings,\n\n    {held_out['command']}\n\n"
        )
        said = f"without {photos} came to this on them"
    said += (
        ", in percent (`tools/reproduce.py`); the paper's scores are of the "
        "whole data sets:"
    )
    table = markdown_table(header, rows)
    return f"## Scores\n\n{before}{_paragraph(said)}\n{table}"


def _scored(
    experiment: Experiment, held_out: Mapping[str, Any]
) -> list[tuple[PaperRow, Mapping[str, Any]]]:
    rows = paper_rows(experiment.dataset, experiment.preset)
    scores = held_out["scores"]
    return [(row, scores[row.key]) for row in rows if row.key in scores]


def _classes(name: str, held_out: Mapping[str, Any]) -> str:
    *_, (_, score) = _scored(load_experiment(name), held_out)
    rows = [
        (class_name, "-" if value is None else f"{100 * value:.1f}")
        for class_name, value in score["per_class"].items()
    ]
    return "By class, all instances at full resolution:\n\n" + markdown_table(
        ("class", "accuracy"), rows
    )


def _limits(model: RecurrentCNN) -> str:
    size = model.geometry.receptive_field(model.num_instances)
    return "## Limits\n\n" + _paragraph(
        f"The network sees {size} pixels around each pixel: photos much "
        "larger than the training photos have to be scaled down to their "
        "size first. It knows outdoor scenes by day and nothing else, calls "
        "whatever it sees one of its classes, and finds little of the "
        "classes that are rare in its photos."
    )


def _purposes(folder: pathlib.Path) -> list[tuple[str, str]]:
    return [
        (f"`{name}{'/' * (folder / name).is_dir()}`", purpose)
        for name, purpose in PURPOSES.items()
        if (folder / name).exists()
    ]


def _files(folder: pathlib.Path) -> list[tuple[str, str, str]]:
    """All but the card and the picture."""
    found = []
    for file in sorted(folder.rglob("*")):
        if file.is_file() and file.suffix not in {".md", ".png"}:
            content = file.read_bytes()
            digest = hashlib.sha256(content).hexdigest()
            name = file.relative_to(folder).as_posix()
            found.append((f"`{name}`", str(len(content)), f"`{digest}`"))
    return found


def _paragraph(text: str) -> str:
    return textwrap.fill(text, 80, break_on_hyphens=False) + "\n"
