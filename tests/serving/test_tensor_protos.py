import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import tensor_pb2, types_pb2

from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.tensor_protos import to_array


def proto(shape, dtype=types_pb2.DT_UINT8, **values):
    """A message as somebody wrote it."""
    message = tensor_pb2.TensorProto(dtype=dtype, **values)
    for size in shape:
        message.tensor_shape.dim.add(size=size)
    return message


@pytest.mark.parametrize("shape", [(), (0,), (2, 1, 3), (1, 40, 30, 3)])
def test_pixels(shape):
    array = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    read = to_array("images", tf.make_tensor_proto(array))
    np.testing.assert_array_equal(read, array)
    assert read.dtype == np.uint8


def test_values_one_by_one():
    read = to_array("images", proto((2, 1), int_val=[7, 255]))
    assert read.tolist() == [[7], [255]]


def test_strings():
    read = to_array("x", tf.make_tensor_proto([b"a\x00", b""]))
    assert read.tolist() == [b"a\x00", b""]


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        # It would fill 30 gigabytes.
        (proto((100_000, 100_000, 3), int_val=[1]), "1 values: send 3000000"),
        (proto((2,), tensor_content=b"abc"), "3 values: send 2"),
        (proto((2**40, 2**40), tensor_content=b"abc"), "3 values"),
        (proto((2,), types_pb2.DT_STRING, string_val=[b"a"]), "1 values"),
        (proto((-1, 3), int_val=[1, 2, 3]), "no shape"),
        (proto((1,), types_pb2.DT_FLOAT, float_val=[1]), "is float32"),
        (proto((1,), types_pb2.DT_RESOURCE), "is resource"),
        (proto((1,), 0), "no known type"),
        (proto((1,), 1000), "no known type"),
        (proto((1,), types_pb2.DT_STRING, tensor_content=b"a"), "values"),
        (proto((1,), int_val=[300]), "cannot be read"),
    ],
)
def test_messages_that_mean_harm(message, reason):
    with pytest.raises(RequestError, match=f"images.*{reason}"):
        to_array("images", message)


def test_no_rank():
    message = proto((), int_val=[1])
    message.tensor_shape.unknown_rank = True
    with pytest.raises(RequestError, match="images has no shape"):
        to_array("images", message)
