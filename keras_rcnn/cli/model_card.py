r"""Writes the model card of a network that ships.

    python tools/reproduce.py \
        --experiments=stanford_rcnn2_longest,stanford_rcnn2_all
    python tools/export.py --model_dir=runs/stanford_rcnn2_all \
        --saved_model=saved_models/rcnn2_stanford_background
    python tools/model_card.py --experiment=stanford_rcnn2_all \
        --model_dir=saved_models/rcnn2_stanford_background

The scores of a network that was trained on all photos are those of the run
with the same settings that held photos out, which the card says. Run it last:
it lists all files of the folder.
"""

import json
import pathlib
from typing import Any

from absl import flags

from keras_rcnn.cli import runner

FLAGS = flags.FLAGS
flags.DEFINE_string(
    "experiment", None, "Run that trained the network.", required=True
)
flags.DEFINE_string(
    "model_dir",
    None,
    "Folder that ships; gets README.md.",
    required=True,
)
flags.DEFINE_string(
    "results_dir", "results", "Folder that tools/reproduce.py wrote."
)


def main() -> None:
    """Writes the card."""
    from keras_rcnn import load_model
    from keras_rcnn.errors import InputError
    from keras_rcnn.io.files import write_file
    from keras_rcnn.reports.model_card import write_card
    from keras_rcnn.training.experiments import scored_name

    folder = pathlib.Path(FLAGS.model_dir)
    scored = scored_name(FLAGS.experiment)
    held_out = read_results(scored)
    if not held_out["scores"]:
        raise InputError(
            f"{FLAGS.results_dir}/{scored}.json holds no scores: run python "
            f"tools/reproduce.py --experiments={scored} to its end."
        )
    card = write_card(
        FLAGS.experiment,
        folder,
        load_model(folder),
        read_results(FLAGS.experiment),
        held_out,
    )
    write_file(folder / "README.md", card.encode())
    print(folder / "README.md")


def read_results(name: str) -> dict[str, Any]:
    """What came of an experiment."""
    from keras_rcnn.errors import InputError

    file = pathlib.Path(FLAGS.results_dir, f"{name}.json")
    try:
        results: dict[str, Any] = json.loads(file.read_text())
    except (OSError, ValueError) as error:
        raise InputError(
            f"{file} cannot be read ({error}): run python tools/reproduce.py "
            f"--experiments={name} first."
        ) from error
    return results


if __name__ == "__main__":
    runner.run(main)
