"""Metadata of a trained network."""

import json
import pathlib
from typing import Any

from keras_rcnn.errors import InputError

_SETTINGS = ("preset", "dataset", "split", "fold", "seed", "steps", "minutes")


def read_metadata(model: str, scores: str | None) -> dict[str, Any]:
    """Returns the settings of the training and the scores.

    Args:
        model: folder of a run, or of an earlier export.
        scores: JSON report of `keras-rcnn evaluate`.

    Raises:
        InputError: if a file cannot be read.
    """
    folder = pathlib.Path(model)
    known: dict[str, Any] = {}
    earlier = folder / "assets" / "metadata.json"
    if earlier.exists():
        known |= _read(earlier)
    if (folder / "settings.json").exists():
        settings = _read(folder / "settings.json")
        known |= {
            name: settings[name] for name in _SETTINGS if name in settings
        }
    if scores:
        known["scores"] = _read(pathlib.Path(scores))
    return known


def _read(path: pathlib.Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise InputError(
            f"{path} cannot be read ({error}): give a report of `keras-rcnn "
            "evaluate`."
        ) from error
    if not isinstance(found, dict):
        raise InputError(
            f"{path} is not a report of `keras-rcnn evaluate`: give one."
        )
    return found
