"""A SavedModel: photos in, labels out, for plain TensorFlow."""

import contextlib
import io
import pathlib
import shutil
import tempfile

import keras

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.models.saving import MODEL_FILE, save_model


def export_saved_model(
    labeler: SceneLabeler, path: str | pathlib.Path
) -> pathlib.Path:
    """Writes the whole labeling as a SavedModel, and the network beside it.

    `serving_default` takes `images`, uint8 `(batch, height, width, 3)` of any
    size, and gives `labels`, uint8 `(batch, height, width)`, and
    `probabilities`, float32 `(batch, height, width, num_classes)`: those of
    the labeler. `assets/classes.txt` names the classes and their colours. The
    `model.keras` in the folder is what `keras_rcnn.load_model` reads.

    Args:
        labeler: network, method, resolution and number of instances.
        path: folder to write; what an earlier export left there is replaced,
            other files in it stay.

    Returns:
        The folder.

    Raises:
        InputError: if the folder cannot be written.
    """
    path = pathlib.Path(path)
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path, prefix="part-") as part:
            _write(labeler, pathlib.Path(part))
            for file in pathlib.Path(part).iterdir():
                _replace(file, path / file.name)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}); make "
            "room or choose another folder."
        ) from error
    return path


def _write(labeler: SceneLabeler, folder: pathlib.Path) -> None:
    archive = keras.export.ExportArchive()
    archive.track(labeler.graph.model)
    archive.add_endpoint("serve", labeler.graph.label)
    # Keras prints a report of the endpoints whatever it is told.
    with contextlib.redirect_stdout(io.StringIO()):
        archive.write_out(str(folder), verbose=False)
    save_model(labeler.model, folder / MODEL_FILE)
    (folder / "assets").mkdir(exist_ok=True)
    classes = folder / "assets" / "classes.txt"
    classes.write_text(_classes(labeler), encoding="utf-8")


def _classes(labeler: SceneLabeler) -> str:
    """One line for each class: name and colour."""
    return "".join(
        f"{name} #{red:02x}{green:02x}{blue:02x}\n"
        for name, (red, green, blue) in zip(
            labeler.model.class_names, labeler.model.palette, strict=True
        )
    )


def _replace(source: pathlib.Path, target: pathlib.Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    source.replace(target)
