import base64

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.serving.json_requests import decode_inputs, encode_outputs
from keras_rcnn.serving.request_error import RequestError

IMAGES = {"images": tf.TensorSpec((None, None, None, 3), tf.uint8)}
FILES = {"image_bytes": tf.TensorSpec((None,), tf.string)}
B64 = {"b64": base64.b64encode(b"\xff\x00").decode()}


@pytest.mark.parametrize(
    ("payload", "in_rows"),
    [
        ({"instances": [[[[1, 2, 3]]]]}, True),
        ({"instances": [{"images": [[[1, 2, 3]]]}]}, True),
        ({"inputs": [[[[1, 2, 3]]]]}, False),
        ({"inputs": {"images": [[[[1, 2, 3]]]]}}, False),
    ],
)
def test_pixels(payload, in_rows):
    inputs, rows = decode_inputs(payload, IMAGES)
    assert list(inputs) == ["images"]
    assert inputs["images"].dtype == np.uint8
    assert inputs["images"].tolist() == [[[[1, 2, 3]]]]
    assert rows == in_rows


@pytest.mark.parametrize(
    "payload",
    [
        {"instances": [B64, B64]},
        {"instances": [{"image_bytes": B64}, {"image_bytes": B64}]},
        {"inputs": [B64, B64]},
        {"inputs": {"image_bytes": [B64, B64]}},
    ],
)
def test_files(payload):
    inputs, _ = decode_inputs(payload, FILES)
    assert inputs["image_bytes"].tolist() == [b"\xff\x00"] * 2


def test_one_file_alone():
    inputs, _ = decode_inputs({"inputs": B64}, FILES)
    assert inputs["image_bytes"].tolist() == [b"\xff\x00"]


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        ([], "not a JSON object"),
        ({}, 'either "instances" or "inputs"'),
        ({"instances": [1], "inputs": [1]}, 'either "instances" or "inputs"'),
        ({"instances": "x"}, "must be a list of photos"),
        ({"instances": []}, "must be a list of photos"),
        ({"instances": [{"images": 1}, {"image": 1}]}, "the same inputs"),
        ({"instances": [{"images": 1}, 3]}, "the same inputs"),
        ({"inputs": [[1, 2], [3]]}, "images is not an array of numbers"),
        ({"inputs": "x"}, "images must hold integers"),
        ({"inputs": [0.5]}, "images must hold integers"),
        ({"inputs": [True]}, "images must hold integers"),
        ({"inputs": [None]}, "images must hold integers"),
        ({"inputs": [256]}, "images holds numbers outside 0 to 255"),
        ({"inputs": [-1]}, "images holds numbers outside 0 to 255"),
        ({"inputs": [10**30]}, "images must hold integers"),
    ],
)
def test_what_is_no_request(payload, reason):
    with pytest.raises(RequestError, match=reason):
        decode_inputs(payload, IMAGES)


@pytest.mark.parametrize("value", [3, None, [], {"b64": 3}, {"b65": ""}])
def test_what_is_no_file(value):
    with pytest.raises(RequestError, match="image_bytes must hold strings"):
        decode_inputs({"inputs": {"image_bytes": [value]}}, FILES)


def test_what_is_no_base64():
    with pytest.raises(RequestError, match="image_bytes is not base64"):
        decode_inputs({"inputs": [{"b64": "?"}]}, FILES)


def test_answers():
    results = {
        "label_png_bytes": np.array([b"\xff\x00", b""], object),
        "height": np.array([3, 4], np.int32),
    }
    pngs = [B64, {"b64": ""}]
    assert encode_outputs(results, rows=True) == {
        "predictions": [
            {"label_png_bytes": pngs[0], "height": 3},
            {"label_png_bytes": pngs[1], "height": 4},
        ]
    }
    assert encode_outputs(results, rows=False) == {
        "outputs": {"label_png_bytes": pngs, "height": [3, 4]}
    }
    assert encode_outputs({"height": results["height"]}, rows=True) == {
        "predictions": [3, 4]
    }
    assert encode_outputs({"height": results["height"]}, rows=False) == {
        "outputs": [3, 4]
    }


def test_answers_that_are_no_rows():
    results = {"names": np.array([b"a", b"b"], object), "one": np.array([1])}
    with pytest.raises(RequestError, match='send "inputs"'):
        encode_outputs(results, rows=True)
