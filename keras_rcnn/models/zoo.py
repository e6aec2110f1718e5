"""The trained networks that are shipped with the package."""

import difflib
import pathlib

from keras_rcnn.errors import InputError

MODEL_FILE = "model.keras"
# In an installed package; in a checkout.
_FOLDERS = (
    pathlib.Path(__file__).parents[1] / "saved_models",
    pathlib.Path(__file__).parents[2] / "saved_models",
)


def shipped_networks() -> tuple[str, ...]:
    """Returns the names of the shipped networks, in alphabetical order."""
    files = [file for folder in _FOLDERS for file in folder.glob("*/*.keras")]
    return tuple(sorted({file.parent.name for file in files}))


def shipped_file(name: str) -> pathlib.Path:
    """Returns the `.keras` file of a shipped network.

    Raises:
        InputError: if there is no such network; it lists all names.
    """
    names = shipped_networks()
    if name not in names:
        close = difflib.get_close_matches(name, names, 1)
        hint = f"did you mean {close[0]}? Or " if close else ""
        raise InputError(
            f"There is no shipped network {name!r}: {hint}choose one of "
            f"{', '.join(names)}."
        )
    files = [folder / name / MODEL_FILE for folder in _FOLDERS]
    return next(file for file in files if file.is_file())
