"""Tensors in messages from untrusted clients."""

import math

import numpy as np
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2

from keras_rcnn.serving.request_error import RequestError

_VALUE_FIELDS = (
    "half_val float_val double_val int_val string_val scomplex_val int64_val "
    "bool_val dcomplex_val uint32_val uint64_val"
).split()


def to_array(name: str, proto: tensor_pb2.TensorProto) -> np.ndarray:
    """Returns the array of a message that holds all values.

    A message may state that one value fills any shape: a few bytes would
    become gigabytes.

    Args:
        name: name of the input, for errors.
        proto: the message.

    Raises:
        RequestError: if shape, type and values do not fit.
    """
    shape = [dimension.size for dimension in proto.tensor_shape.dim]
    if proto.tensor_shape.unknown_rank or min(shape, default=0) < 0:
        raise RequestError(f"{name} has no shape: send its dimensions.")
    try:
        dtype = tf.as_dtype(proto.dtype)
    except TypeError:
        dtype = None
    if dtype not in (tf.uint8, tf.string):
        kind = getattr(dtype, "name", "of no known type")
        raise RequestError(f"{name} is {kind}: send uint8 or string values.")
    count = math.prod(shape)
    if proto.tensor_content:
        held, meant = len(proto.tensor_content), count * dtype.size
    else:
        held = sum(len(getattr(proto, field)) for field in _VALUE_FIELDS)
        meant = count
    if held != meant:
        raise RequestError(
            f"{name} has the shape {shape} and {held} values: send {meant}."
        )
    try:
        return tf.make_ndarray(proto)
    except (TypeError, ValueError, OverflowError) as error:
        raise RequestError(f"{name} cannot be read: {error}") from error
