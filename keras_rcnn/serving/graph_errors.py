"""What a graph says is wrong, for whoever asked."""

import re
from collections.abc import Mapping

import numpy as np
import tensorflow as tf

from keras_rcnn.export.photo_decoding import decode_photo

_FILES = "image_bytes"


def explain(message: str, inputs: Mapping[str, np.ndarray]) -> str:
    """The reason, without where in the graph, and the file that is broken.

    Args:
        message: of the graph's error.
        inputs: what it was given.
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
    """What to call the first file that cannot be decoded.

    Those who wrote the decoders did not think of batches.
    """
    for index, content in enumerate(files):
        try:
            # It is of an allowed size, or the graph would have said so.
            decode_photo(tf.constant(content), tf.int64.max, tf.constant(""))
        except tf.errors.InvalidArgumentError:
            return f"{_FILES}[{index}]"
    return _FILES
