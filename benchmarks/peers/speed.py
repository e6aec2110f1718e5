"""How fast trained networks label a photo, and in how much memory."""

import pathlib
from collections.abc import Callable, Mapping
from typing import Any

import keras
import numpy as np
from PIL import Image

from benchmarks.one_photo import label_one_photo, noise
from benchmarks.peers.peer import Peer, PeerGraph, labeler
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import missing_extra
from keras_rcnn.evaluation.speed.timing import interleave, seconds_of, spread
from keras_rcnn.export.litert import convert_graph, write_graph
from keras_rcnn.export.portable_labeling import PortableLabeling
from keras_rcnn.export.quantization import quantize_litert
from keras_rcnn.io.files import write_file
from keras_rcnn.models.zoo import MODEL_FILE

SIZE = 240, 320
PRECISIONS = ("float32", "mixed_bfloat16")
INT8, INT8_FILE, GRAPH_DIR = "int8", "int8.tflite", "saved_model"
NUM_THREADS = 2
# Photos by whose ranges int8 rounds.
NUM_PHOTOS = 16
# What int8 computes besides the operations of the networks of this package.
PEER_OPERATIONS = (
    "BATCH_MATMUL",
    "CONV_2D_TRANSPOSE",
    "DEPTHWISE_CONV_2D",
    "FULLY_CONNECTED",
    "GELU",
)


def measure_speed(
    folders: Mapping[str, pathlib.Path],
    photos: SceneDataset,
    repeats: int,
    seconds: float,
) -> dict[str, dict[str, Any]]:
    """Times all networks in turns.

    Args:
        folders: of the runs, by name.
        photos: some of them decide the ranges of int8.
        repeats: maximum number of timed photos of a network and precision.
        seconds: time for them.

    Returns:
        For each name `milliseconds`, by precision, None for what cannot be
        converted; `int8_kilobytes`, None in that case; and `peak_megabytes` of
        a process that labels a photo.
    """
    photo = noise((*SIZE, 3))
    functions: dict[tuple[str, str], Callable[[], float]] = {}
    for name, folder in folders.items():
        model = keras.saving.load_model(folder / MODEL_FILE, compile=False)
        for precision in PRECISIONS:
            label = labeler(model, precision)
            functions[name, precision] = _timed(label, photo)
        label = _int8_labeler(model, folder, photos)
        if label:
            functions[name, INT8] = _timed(label, photo)
    samples = interleave(functions, repeats, seconds, "labeling")
    return {
        name: {
            "milliseconds": {
                precision: spread([1e3 * s for s in samples[name, precision]])
                if (name, precision) in samples
                else None
                for precision in (*PRECISIONS, INT8)
            },
            "int8_kilobytes": _kilobytes(folder / INT8_FILE),
            "peak_megabytes": label_one_photo(
                "saved_model", folder / GRAPH_DIR, *SIZE
            ).get("peak_megabytes"),
        }
        for name, folder in folders.items()
    }


def _timed(
    label: Callable[[np.ndarray], Any], photo: np.ndarray
) -> Callable[[], float]:
    # TensorFlow builds the graph at the first photo.
    label(photo)
    return lambda: seconds_of(lambda: label(photo))


def _kilobytes(file: pathlib.Path) -> float | None:
    return file.stat().st_size / 1e3 if file.is_file() else None


def _int8_labeler(
    model: Any, folder: pathlib.Path, photos: SceneDataset
) -> Callable[[np.ndarray], Any] | None:
    """Labels by LiteRT in 8 bits; None if the network cannot be converted.

    Raises:
        InputError: if LiteRT is not installed.
    """
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError as error:
        raise missing_extra("The speed of LiteRT", "litert") from error
    graph: Any = (
        PeerGraph(model, size=SIZE)
        if isinstance(model, Peer)
        else PortableLabeling(model, SIZE, None, None, "labels", 1)
    )
    write_graph(graph, folder / GRAPH_DIR)
    try:
        content = quantize_litert(
            convert_graph(folder / GRAPH_DIR),
            INT8,
            _typical(photos),
            PEER_OPERATIONS,
        )
    except (RuntimeError, ValueError) as error:
        print(f"{folder.name}: no LiteRT file ({error})", flush=True)
        return None
    write_file(folder / INT8_FILE, content)
    interpreter = Interpreter(model_content=content, num_threads=NUM_THREADS)
    label = interpreter.get_signature_runner()
    return lambda photo: label(images=photo[np.newaxis])


def _typical(photos: SceneDataset) -> list[np.ndarray]:
    """The first photos, scaled to the size that is timed."""
    return [
        np.asarray(Image.fromarray(example["image"]).resize(SIZE[::-1]))
        for example in photos.examples.take(NUM_PHOTOS).as_numpy_iterator()
    ]
