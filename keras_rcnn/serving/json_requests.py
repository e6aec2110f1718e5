"""Requests and answers in the form of TensorFlow Serving's REST interface.

Rows: `{"instances": [{"image_bytes": {"b64": "..."}}, ...]}` gives
`{"predictions": [...]}`; columns: `{"inputs": {"images": [...]}}` gives
`{"outputs": ...}`. If there is only one input or output, its name may be left
out. Strings whose names end in `_bytes` are base64.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

import numpy as np
import tensorflow as tf

from keras_rcnn.serving.request_error import RequestError

BYTES_SUFFIX = "_bytes"


def decode_inputs(
    payload: Any, specs: Mapping[str, tf.TensorSpec]
) -> tuple[dict[str, np.ndarray], bool]:
    """Returns the arrays of a request, and whether it came in rows.

    Args:
        payload: the parsed JSON.
        specs: inputs of the signature.

    Raises:
        RequestError: if the request is invalid.
    """
    if not isinstance(payload, dict):
        raise RequestError("The request is not a JSON object.")
    rows = "instances" in payload
    if rows == ("inputs" in payload):
        raise RequestError(
            'The request has to hold either "instances" or "inputs".'
        )
    columns = (
        _columns(payload["instances"], specs) if rows else payload["inputs"]
    )
    if not isinstance(columns, dict) or set(columns) == {"b64"}:
        if len(specs) != 1:
            raise RequestError("The inputs have to be named.")
        columns = dict.fromkeys(specs, columns)
    return {
        name: _to_array(name, values, specs.get(name))
        for name, values in columns.items()
    }, rows


def encode_outputs(results: Mapping[str, np.ndarray], rows: bool) -> Any:
    """Returns the answer as an object for JSON."""
    columns = {name: encode(name, array) for name, array in results.items()}
    if not rows:
        (first, *others) = columns.values()
        return {"outputs": columns if others else first}
    counts = {len(column) for column in columns.values()}
    if len(counts) != 1:
        raise RequestError(
            'This signature has no rows: send "inputs", not "instances".'
        )
    if len(columns) == 1:
        (only,) = columns.values()
        return {"predictions": only}
    return {
        "predictions": [
            dict(zip(columns, row, strict=True))
            for row in zip(*columns.values(), strict=True)
        ]
    }


def encode(name: str, array: np.ndarray) -> Any:
    """Returns an array as lists, with strings as text or base64."""
    if array.dtype != object:
        return array.tolist()
    if name.endswith(BYTES_SUFFIX):
        return [
            {"b64": base64.b64encode(x).decode()} for x in array.reshape(-1)
        ]
    texts = [x.decode() for x in array.reshape(-1)]
    return texts if array.ndim else texts[0]


def decode_bytes(name: str, value: Any) -> bytes:
    """Returns a string that is given as text or as `{"b64": base64}`.

    Raises:
        RequestError: if it is neither.
    """
    if isinstance(value, str):
        return value.encode()
    if (
        isinstance(value, dict)
        and set(value) == {"b64"}
        and isinstance(value["b64"], str)
    ):
        try:
            return base64.b64decode(value["b64"], validate=True)
        except (binascii.Error, ValueError) as error:
            raise RequestError(f"{name} is not base64: {error}.") from error
    raise RequestError(f'{name} must hold strings: send {{"b64": "..."}}.')


def _columns(instances: Any, specs: Mapping[str, Any]) -> Any:
    if not isinstance(instances, list) or not instances:
        raise RequestError('"instances" must be a list of photos.')
    first = instances[0]
    if not isinstance(first, dict) or set(first) == {"b64"}:
        return instances
    for instance in instances:
        if not isinstance(instance, dict) or set(instance) != set(first):
            raise RequestError("The instances do not name the same inputs.")
    return {name: [x[name] for x in instances] for name in first}


def _to_array(name: str, values: Any, spec: Any) -> np.ndarray:
    if spec is None:
        # Unknown inputs are reported where all inputs are checked.
        return np.zeros(0, np.uint8)
    if spec.dtype == tf.string:
        values = values if isinstance(values, list) else [values]
        found = np.empty(len(values), object)
        found[:] = [decode_bytes(name, value) for value in values]
        return found
    return to_whole_numbers(name, values, spec.dtype.as_numpy_dtype)


def to_whole_numbers(name: str, values: Any, dtype: Any) -> np.ndarray:
    """Returns nested lists as an array of integers.

    Raises:
        RequestError: if the lists are ragged, or hold other values.
    """
    try:
        array = np.array(values)
    except (ValueError, TypeError, OverflowError) as error:
        raise RequestError(f"{name} is not an array of numbers.") from error
    limits = np.iinfo(dtype)
    if array.dtype.kind not in "iu" and array.size:
        raise RequestError(f"{name} must hold integers.")
    if array.size and (array.min() < limits.min or array.max() > limits.max):
        raise RequestError(
            f"{name} holds numbers outside {limits.min} to {limits.max}."
        )
    return array.astype(dtype)
