r"""Writes the model card of a trained network.

    python -m experiments \
        --experiments=stanford_rcnn2_longest,stanford_rcnn2_all
    keras-rcnn export --model_dir=runs/stanford_rcnn2_all \
        --saved_model=saved_models/rcnn2_stanford_background
    keras-rcnn model-card --experiment=stanford_rcnn2_all \
        --model_dir=saved_models/rcnn2_stanford_background

The card of a network that was trained on all photos has the scores of the run
with the same settings that held photos out, and says so. Run it last: it lists
all files of the folder.
"""

import json
import pathlib
from typing import Any

import keras_rcnn
from keras_rcnn.cli import flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError
from keras_rcnn.io.files import write_file

FLAGS = flags.Flags()
FLAGS.add_string(
    "experiment", None, "Run that trained the network.", required=True
)
FLAGS.add_string(
    "model_dir",
    None,
    "Folder of the network; README.md is written into it.",
    required=True,
)
FLAGS.add_string(
    "results_dir", "results", "Folder that `python -m experiments` wrote."
)

model_card = LazyModule("keras_rcnn.reports.model_card")
experiments = LazyModule("keras_rcnn.training.experiments")


def main() -> None:
    """Writes the card."""
    folder = pathlib.Path(FLAGS.model_dir)
    scored = experiments.scored_name(FLAGS.experiment)
    held_out = read_results(scored)
    if not held_out["scores"]:
        raise InputError(
            f"{FLAGS.results_dir}/{scored}.json holds no scores: run python "
            f"-m experiments --experiments={scored} to its end."
        )
    card = model_card.write_card(
        FLAGS.experiment,
        folder,
        keras_rcnn.load_model(folder),
        read_results(FLAGS.experiment),
        held_out,
    )
    write_file(folder / "README.md", card.encode())
    print(folder / "README.md")


def read_results(name: str) -> dict[str, Any]:
    """Reads the results of an experiment."""
    file = pathlib.Path(FLAGS.results_dir, f"{name}.json")
    try:
        results: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file} cannot be read ({error}): run python -m experiments "
            f"--experiments={name} first."
        ) from error
    return results
