"""SavedModels, for TensorFlow alone."""

import contextlib
import io
import pathlib
import shutil
import tempfile
from collections.abc import Mapping
from typing import Any

import keras
import tensorflow as tf

import keras_rcnn
from keras_rcnn.errors import InputError
from keras_rcnn.export.equal_constants import merge_equal_constants
from keras_rcnn.export.serving_graph import ServingGraph
from keras_rcnn.export.warm_up import warm_up_requests
from keras_rcnn.io.classes_file import CLASSES_FILE, classes_text
from keras_rcnn.labeling.labeler import DEFAULT_MEMORY_MB
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.models.saving import save_model
from keras_rcnn.models.zoo import MODEL_FILE

METADATA_FILE = "metadata.json"
DEFAULT_MEGAPIXELS = 25.0
_NO_GRADIENTS = tf.saved_model.SaveOptions(experimental_custom_gradients=False)


def export_saved_model(
    labeler: SceneLabeler,
    path: str | pathlib.Path,
    metadata: Mapping[str, Any] | None = None,
    memory_mb: float = DEFAULT_MEMORY_MB,
    max_megapixels: float = DEFAULT_MEGAPIXELS,
) -> pathlib.Path:
    """Writes the whole labeling as a SavedModel, and the network beside it.

    Its signatures are the endpoints of `ServingGraph`: photos of any size, as
    pixels or as files, at each resolution and number of instances. The folder
    also holds

    - `assets/classes.txt`, names and colors of the classes;
    - `assets/metadata.json`, `metadata` and the version of the package;
    - `assets.extra/tf_serving_warmup_requests`, which a server runs at its
      start, if the extra `serving` is installed;
    - `model.keras`, for `keras_rcnn.load_model`.

    Args:
        labeler: network, method, resolution and number of instances.
        path: folder to write; files of an earlier export are replaced, other
            files stay.
        metadata: further facts about the network, for JSON.
        memory_mb: memory of the network in megabytes; larger photos are
            labeled in tiles.
        max_megapixels: size of the largest photo that is labeled.

    Returns:
        The folder.

    Raises:
        InputError: if the folder cannot be written.
    """
    path = pathlib.Path(path)
    version = keras_rcnn.__version__
    known = {"keras_rcnn": version, **(metadata or {})}
    graph = ServingGraph(
        labeler, known, memory_mb, round(max_megapixels * 10**6)
    )
    try:
        path.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=path, prefix="part-") as part:
            _write(labeler, graph, pathlib.Path(part))
            for file in pathlib.Path(part).iterdir():
                _replace(file, path / file.name)
            # It is optional, and invalid after constants were merged.
            (path / "fingerprint.pb").unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{path}: cannot be written ({error.strerror or error}); make "
            "room or choose another folder."
        ) from error
    return path


def _write(
    labeler: SceneLabeler, graph: ServingGraph, folder: pathlib.Path
) -> None:
    archive = keras.export.ExportArchive()
    for name, endpoint in graph.endpoints().items():
        archive.add_endpoint(name, endpoint)
    # Keras prints the endpoints although `verbose` is false.
    with contextlib.redirect_stdout(io.StringIO()):
        archive.write_out(str(folder), _NO_GRADIENTS, verbose=False)
    merge_equal_constants(folder)
    save_model(labeler.model, folder / MODEL_FILE)
    model = labeler.model
    files = {
        f"assets/{CLASSES_FILE}": classes_text(
            model.class_names, model.palette
        ).encode(),
        f"assets/{METADATA_FILE}": graph.metadata.encode(),
    }
    if requests := warm_up_requests(graph.max_pixels):
        files["assets.extra/tf_serving_warmup_requests"] = requests
    for name, content in files.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_bytes(content)


def _replace(source: pathlib.Path, target: pathlib.Path) -> None:
    if target.is_dir():
        shutil.rmtree(target)
    source.replace(target)
