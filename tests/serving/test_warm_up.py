"""Warm-up requests of a SavedModel, which strangers may have written."""

import numpy as np
import pytest
import tensorflow as tf
from tensorflow_serving.apis import prediction_log_pb2

from keras_rcnn.serving.served_model import ServedModel

FILE = "assets.extra/tf_serving_warmup_requests"


class Echo(tf.Module):
    """Counts the photos that it was given, which must not be empty."""

    def __init__(self):
        self.seen = tf.Variable(0)

    @tf.function(input_signature=[tf.TensorSpec([None], tf.string)])
    def image_bytes(self, image_bytes):
        with tf.control_dependencies(
            [tf.debugging.assert_none_equal(image_bytes, b"")]
        ):
            self.seen.assign_add(tf.size(image_bytes))
        return {"seen": self.seen + 0}


@pytest.fixture
def echo(tmp_path):
    module = Echo()
    tf.saved_model.save(module, tmp_path, {"image_bytes": module.image_bytes})
    (tmp_path / "assets.extra").mkdir()
    return tmp_path


def request(values=(b"a",), signature="image_bytes", size=None):
    log = prediction_log_pb2.PredictionLog()
    asked = log.predict_log.request
    asked.model_spec.signature_name = signature
    proto = tf.make_tensor_proto(np.array(values, object), tf.string)
    if size:
        proto.tensor_shape.dim[0].size = size
    asked.inputs["image_bytes"].CopyFrom(proto)
    return log.SerializeToString()


def seen(folder, *records):
    """Photos that the model was warmed up with."""
    with tf.io.TFRecordWriter(str(folder / FILE)) as writer:
        for record in records:
            writer.write(record)
    return seen_at_start(folder)


def seen_at_start(folder):
    served = ServedModel(folder)
    photo = {"image_bytes": np.array([b"x"], object)}
    return served.predict("image_bytes", photo)["seen"] - 1


def test_all_are_run(echo):
    assert seen(echo, request(), request([b"b", b"c"])) == 3


@pytest.mark.parametrize(
    "record",
    [
        request([b""]),
        request(signature="none"),
        request(size=2**40),
        b"\xff\xff",
        b"",
    ],
    ids=["refused", "no signature", "no values", "damaged", "empty"],
)
def test_the_first_that_fails_ends_it(echo, record):
    assert seen(echo, request(), record, request()) == 1


def test_damaged_records_end_it(echo):
    assert seen(echo, request()) == 1
    (echo / FILE).write_bytes((echo / FILE).read_bytes()[:-3] + b"abc")
    assert seen_at_start(echo) == 0
