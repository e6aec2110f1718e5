"""Errors of a TensorFlow graph as messages for clients."""

import re
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from keras_rcnn.export.photo_decoding import decode_photo

_FILES = "image_bytes"


def explain(message: str, inputs: Mapping[str, np.ndarray]) -> str:
    """Returns the reason of an error and the name of the broken file.

    Args:
        message: message of the error.
        inputs: arrays that the graph was given.
    """
    found = re.search(r"assertion failed: (.*)", message)
    if found:
        return " ".join(re.findall(r"\[([^\]]*\]?)\]", found[1]))
    lines = [
        line
        for line in message.split("\n")
        if line and not re.match(r"Graph exec|Detected|<stack|\s", line)
    ]
    reason = lines[0] if lines else "invalid"
    if _FILES not in message:
        return reason
    return f"{_broken(inputs.get(_FILES, ()))}: {reason}"


def _broken(files: np.ndarray | tuple[bytes, ...]) -> str:
    """Returns the name of the first file that cannot be decoded.

    TensorFlow's decoders do not say which file of a batch is broken.
    """
    for index, content in enumerate(files):
        try:
            # The graph has checked the size already.
            decode_photo(tf.constant(content), tf.int64.max, tf.constant(""))
        except tf.errors.InvalidArgumentError:
            return f"{_FILES}[{index}]"
    return _FILES
