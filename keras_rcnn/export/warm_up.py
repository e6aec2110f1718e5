"""Requests that a server runs at its start."""

import io
import math
import pathlib
import tempfile

import numpy as np
import tensorflow as tf
from PIL import Image

_HEIGHT, _WIDTH = 48, 64


def warm_up_requests(max_pixels: int) -> bytes | None:
    """Returns a TFRecord file of `PredictionLog` messages.

    The first request to a signature takes seconds, because TensorFlow optimizes
    its graph. There is one request for each signature that most clients use.
    None without the extra `serving`, which defines the messages.

    Args:
        max_pixels: size of the largest photo that the model labels.
    """
    try:
        from tensorflow_serving.apis import prediction_log_pb2
    except ModuleNotFoundError:
        return None

    side = max(1, math.isqrt(max_pixels))
    height, width = min(_HEIGHT, side), min(_WIDTH, side)
    photo = np.zeros((height, width, 3), np.uint8)
    photo[:] = np.linspace(0, 255, width, dtype=np.uint8)[:, np.newaxis]
    file = io.BytesIO()
    Image.fromarray(photo).save(file, "JPEG")
    inputs = {
        "serving_default": {"images": photo[np.newaxis]},
        "probabilities": {"images": photo[np.newaxis]},
        "image_bytes": {"image_bytes": np.array([file.getvalue()], object)},
    }
    logs = []
    for signature, arguments in inputs.items():
        log = prediction_log_pb2.PredictionLog()
        request = log.predict_log.request
        request.model_spec.signature_name = signature
        for name, values in arguments.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(values))
        logs.append(log.SerializeToString())
    return _records(logs)


def _records(messages: list[bytes]) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "records")
        with tf.io.TFRecordWriter(str(path)) as writer:
            for message in messages:
                writer.write(message)
        return path.read_bytes()
