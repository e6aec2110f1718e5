"""ONNX files, for ONNX Runtime and OpenVINO."""

import logging
import pathlib
from typing import Any

import tensorflow as tf

import keras_rcnn
from keras_rcnn.errors import import_extra
from keras_rcnn.export.portable_labeling import PortableLabeling
from keras_rcnn.io.classes_file import CLASSES_FILE, classes_text
from keras_rcnn.io.files import write_file
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.runtime.onnx_labeler import NO_STATISTICS

OPSET = 17
# Code of float32 in ONNX files.
_FLOAT = 1
_STATISTICS = "statistics"


def export_onnx(
    model: SceneParser,
    path: str | pathlib.Path,
    size: tuple[int, int] | None = None,
    output_resolution: int | None = None,
    num_instances: int | None = None,
    output: str = "labels",
    smoothing: int = 1,
) -> pathlib.Path:
    """Writes the whole labeling as an ONNX file.

    The input is `images`, uint8 `(1, height, width, 3)`. The output is
    `labels`, uint8 `(1, height, width)`, or `probabilities`, float32
    `(1, height, width, num_classes)`. The entry `classes.txt` of the metadata
    holds names and colors of the classes.

    Args:
        model: trained network.
        path: file to write.
        size: height and width of all photos; None for any.
        output_resolution: pixels from one computed label to the next; the
            finest by default.
        num_instances: number of instances; by default that of the model.
        output: `labels` or `probabilities`.
        smoothing: side of the square of pixels whose scores are averaged.

    Raises:
        InputError: if the arguments do not fit together, the extra `onnx` is
            not installed, or the file cannot be written.
    """
    labeling = PortableLabeling(
        model, size, output_resolution, num_instances, output, smoothing
    )
    proto = _convert(labeling)
    properties = labeling.tile_texts(keeps_all=False) | {
        CLASSES_FILE: classes_text(model.class_names, model.palette),
        "description": labeling.description,
        "keras_rcnn": keras_rcnn.__version__,
    }
    for key, value in properties.items():
        proto.metadata_props.add(key=key, value=value)
    write_file(path, proto.SerializeToString())
    return pathlib.Path(path)


def _convert(labeling: PortableLabeling) -> Any:
    tf2onnx = import_extra("tf2onnx", "ONNX export", "onnx")
    logging.getLogger("tf2onnx").setLevel(logging.ERROR)

    signature = list(labeling.input_signature)
    if labeling.size is None:
        signature.append(tf.TensorSpec((4,), tf.float32, _STATISTICS))

    @tf.function(input_signature=signature, autograph=False)
    def label(*inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return labeling(*inputs)

    proto, _ = tf2onnx.convert.from_function(
        label, input_signature=signature, opset=OPSET
    )
    if labeling.size is None:
        # No input for users: a constant, whose bytes can be replaced.
        given = next(i for i in proto.graph.input if i.name == _STATISTICS)
        proto.graph.input.remove(given)
        proto.graph.initializer.add(
            name=_STATISTICS,
            dims=[4],
            data_type=_FLOAT,
            raw_data=NO_STATISTICS,
        )
    return proto
