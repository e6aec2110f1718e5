"""LiteRT files for phones."""

import contextlib
import io
import pathlib
import tempfile
from collections.abc import Iterable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

import keras_rcnn
from keras_rcnn.export.litert_metadata import LiteRTMetadata
from keras_rcnn.export.portable_labeling import PortableLabeling
from keras_rcnn.export.quantization import (
    SIGNATURE,
    check_quantization,
    quantize_litert,
)
from keras_rcnn.io.classes_file import CLASSES_FILE, classes_text
from keras_rcnn.io.files import write_file
from keras_rcnn.models.scene_parser import SceneParser


def export_litert(
    model: SceneParser,
    path: str | pathlib.Path,
    size: tuple[int, int] | None = None,
    output_resolution: int | None = None,
    num_instances: int | None = None,
    quantize: str = "none",
    output: str = "labels",
    photos: Iterable[np.ndarray] = (),
    smoothing: int = 1,
) -> pathlib.Path:
    """Writes the whole labeling as a LiteRT (`.tflite`) file.

    The input is `images`, uint8 `(1, height, width, 3)`. The output is
    `labels`, uint8 `(1, height, width)`, or `probabilities`, float32
    `(1, height, width, num_classes)`. The file uses built-in operations only
    and holds names and colors of the classes. MediaPipe's `ImageSegmenter` runs
    files of a fixed size with probabilities.

    Args:
        model: trained network.
        path: file to write.
        size: height and width of all photos; None for photos of any size,
            which is slower (`resize_tensor_input` of the interpreter sets it).
        output_resolution: pixels from one computed label to the next; the
            finest by default.
        num_instances: number of instances; by default that of the model.
        quantize: one of `QUANTIZATIONS`, see `quantize_litert`.
        output: `labels` or `probabilities`.
        photos: for `int8`, typical photos, uint8 `(height, width, 3)`, of that
            size.
        smoothing: side of the square of pixels whose scores are averaged.

    Raises:
        InputError: if the arguments do not fit together, or the file cannot be
            written.
    """
    photos = list(photos)
    check_quantization(quantize, size, photos)
    labeling = PortableLabeling(
        model, size, output_resolution, num_instances, output, smoothing
    )
    return write_litert(labeling, convert(labeling), path, quantize, photos)


def write_litert(
    labeling: PortableLabeling,
    content: bytes,
    path: str | pathlib.Path,
    quantize: str = "none",
    photos: Iterable[np.ndarray] = (),
) -> pathlib.Path:
    """Quantizes a converted labeling and writes it with its metadata.

    Args:
        labeling: what the file computes.
        content: what `convert` returns for it.
        path: file to write.
        quantize: as for `export_litert`.
        photos: as for `export_litert`.
    """
    model = labeling.model
    metadata = LiteRTMetadata(
        labeling.description,
        keras_rcnn.__version__,
        model.class_names,
        {CLASSES_FILE: classes_text(model.class_names, model.palette)}
        | labeling.tile_texts(keeps_all=True),
    )
    content = quantize_litert(content, quantize, photos)
    write_file(path, metadata.attach(content))
    return pathlib.Path(path)


def convert(labeling: Any) -> bytes:
    """Returns the content of a LiteRT file of float32 without metadata.

    Args:
        labeling: as for `write_graph`.
    """
    with tempfile.TemporaryDirectory() as folder:
        write_graph(labeling, folder)
        return convert_graph(folder)


def write_graph(labeling: Any, folder: str | pathlib.Path) -> None:
    """Writes a labeling as a SavedModel with one signature.

    Args:
        labeling: a `PortableLabeling`, or another function of images that has
            its attributes `model` and `input_signature`.
        folder: of the SavedModel.
    """
    archive = keras.export.ExportArchive()
    archive.track(labeling.model)
    archive.add_endpoint(
        SIGNATURE,
        # Keras would take the object itself for a layer.
        lambda images: labeling(images),
        input_signature=labeling.input_signature,
    )
    # Keras prints the endpoints although `verbose` is false.
    with contextlib.redirect_stdout(io.StringIO()):
        archive.write_out(str(folder), verbose=False)


def convert_graph(folder: str | pathlib.Path) -> bytes:
    """Returns the content of a LiteRT file of what `write_graph` wrote."""
    converter = tf.lite.TFLiteConverter.from_saved_model(
        str(folder), signature_keys=[SIGNATURE]
    )
    content: bytes = converter.convert()
    return content
