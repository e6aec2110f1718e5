"""One function for all elements of a data set."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow.autograph.experimental import do_not_convert


def parallel_map(
    elements: tf.data.Dataset, function: Callable[..., Any]
) -> tf.data.Dataset:
    """Applies a function to all elements, in order, several at a time.

    Args:
        elements: arguments of the function.
        function: of TensorFlow operations. It is not converted by AutoGraph,
            which would take most of the time until the first element, so it
            has no `if` or loop that depends on a tensor.
    """
    return elements.map(do_not_convert(function), tf.data.AUTOTUNE)
