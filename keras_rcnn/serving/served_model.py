"""A SavedModel that answers requests."""

import contextlib
import pathlib
import threading
import time
from collections.abc import Mapping
from typing import Any

import grpc
import numpy as np
import prometheus_client
import tensorflow as tf
from google.protobuf.message import DecodeError
from tensorflow_serving.apis import prediction_log_pb2

from keras_rcnn.errors import InputError
from keras_rcnn.io.pictures import (
    UNREADABLE,
    TooManyPixelsError,
    open_picture,
)
from keras_rcnn.runtime.graph_operations import load_saved_model
from keras_rcnn.serving.cancellation import Cancellation
from keras_rcnn.serving.graph_errors import explain
from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.tensor_protos import to_array

MAX_PHOTOS = 32
MAX_RESPONSE_BYTES = 512 * 2**20
_PIXELS_AT_ONCE = 1_000_000
_WARM_UP = "assets.extra/tf_serving_warmup_requests"
_SECONDS = prometheus_client.Histogram(
    "keras_rcnn_request_seconds",
    "Time to answer a request, including the time it waited.",
    ["signature"],
    buckets=(0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300),
)
_ANSWERS = prometheus_client.Counter(
    "keras_rcnn_answers",
    "Requests answered, by outcome.",
    ["signature", "code"],
)


def count_refusal(code: grpc.StatusCode) -> None:
    """Counts a request that was refused before it was read."""
    _ANSWERS.labels("other", code.name).inc()


class ServedModel:
    """Checks requests against the signatures, runs and counts them.

    Args:
        path: SavedModel folder that `export_saved_model` wrote.
        parallel: number of requests that are computed at a time.
        max_megapixels: of all photos of a request together.
        trust_model: whether the model may reach files, programs and other
            machines.

    Raises:
        InputError: if the folder holds no such SavedModel, or it is not
            trusted.
    """

    def __init__(
        self,
        path: str | pathlib.Path,
        parallel: int = 2,
        trust_model: bool = False,
        max_megapixels: float = 50.0,
    ) -> None:
        path = pathlib.Path(path)
        self._max_megapixels = max_megapixels
        try:
            self._model, proto = load_saved_model(path, trust_model)
            self.signature_defs = {
                name: definition
                for name, definition in proto.meta_graphs[
                    0
                ].signature_def.items()
                if name in self._model.signatures
            }
            if "image_bytes" not in self.signature_defs:
                raise ValueError("it has no signature image_bytes")
        except InputError:
            raise
        except Exception as error:  # Broken files raise errors of any class.
            reason = str(error).split("\n", maxsplit=1)[0]
            raise InputError(
                f"{path} is not a SavedModel that labels photos ({reason}): "
                "give one that `keras-rcnn export` wrote."
            ) from error
        self._turns = threading.BoundedSemaphore(parallel)
        self._warm_up(path / _WARM_UP)

    def inputs(self, signature: str) -> dict[str, tf.TensorSpec]:
        """Returns the inputs of a signature.

        Raises:
            RequestError: if there is no such signature.
        """
        name = signature or "serving_default"
        if name not in self.signature_defs:
            raise RequestError(
                f"There is no signature {name[:80]!r}: choose one of "
                f"{', '.join(sorted(self.signature_defs))}."
            )
        return self._model.signatures[name].structured_input_signature[1]

    def predict(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        cancellation: Cancellation | None = None,
    ) -> dict[str, np.ndarray]:
        """Answers a request.

        Args:
            signature: name of the signature; `serving_default` if empty.
            inputs: arrays by name.
            cancellation: ends the work when the client has left.

        Raises:
            RequestError: if the request is invalid, too large or cancelled.
        """
        start = time.perf_counter()
        known = signature if signature in self.signature_defs else "other"
        name = known if signature else "serving_default"
        code = "INTERNAL"
        try:
            name_to_run = signature or "serving_default"
            results = self._predict(
                name_to_run, inputs, cancellation or Cancellation()
            )
            code = "OK"
            return results
        except RequestError as error:
            code = error.code.name
            raise
        finally:
            _ANSWERS.labels(name, code).inc()
            _SECONDS.labels(name).observe(time.perf_counter() - start)

    def _predict(
        self,
        signature: str,
        inputs: Mapping[str, np.ndarray],
        cancellation: Cancellation,
    ) -> dict[str, np.ndarray]:
        self._check(signature, inputs)
        run = self._model.signatures[signature]
        try:
            with self._turns:
                arrays = _run(run, inputs, cancellation)
        except (tf.errors.ResourceExhaustedError, MemoryError) as error:
            raise RequestError(
                "The server has too little memory for this request: send "
                "smaller or fewer photos.",
                grpc.StatusCode.RESOURCE_EXHAUSTED,
            ) from error
        if sum(array.nbytes for array in arrays.values()) > MAX_RESPONSE_BYTES:
            raise RequestError(
                f"The answer is larger than {MAX_RESPONSE_BYTES >> 20} MB: "
                "send smaller or fewer photos, or ask for labels alone.",
                grpc.StatusCode.RESOURCE_EXHAUSTED,
            )
        return arrays

    def _check(self, signature: str, inputs: Mapping[str, np.ndarray]) -> None:
        specs = self.inputs(signature)
        if set(inputs) != set(specs):
            raise RequestError(
                f"{signature} takes {_listed(specs)}, not {_listed(inputs)}."
            )
        for name, array in inputs.items():
            spec = specs[name]
            if array.dtype != spec.dtype.as_numpy_dtype:
                raise RequestError(
                    f"{name} is {array.dtype.name}: send "
                    f"{spec.dtype.name} values."
                )
            if not spec.shape.is_compatible_with(array.shape):
                sizes = ", ".join(str(size or "any") for size in spec.shape)
                raise RequestError(
                    f"{name} has the shape {array.shape}: send ({sizes})."
                )
            if not 0 < array.shape[0] <= MAX_PHOTOS:
                raise RequestError(
                    f"{name} holds {array.shape[0]} photos: send 1 to "
                    f"{MAX_PHOTOS}."
                )
            megapixels = sum(_pixels(photo) for photo in array) / 1e6
            if megapixels > self._max_megapixels:
                raise RequestError(
                    f"{name} holds {megapixels:.1f} megapixels: send at most "
                    f"{self._max_megapixels:g} in a request.",
                    grpc.StatusCode.RESOURCE_EXHAUSTED,
                )

    def _warm_up(self, path: pathlib.Path) -> None:
        """Runs the model's warm-up requests, as TensorFlow Serving does.

        They only save the first clients time: one that cannot be answered, or
        is beyond the limits, ends the warm-up.
        """
        if not path.exists():
            return
        records = tf.data.TFRecordDataset(str(path)).as_numpy_iterator()
        with contextlib.suppress(RequestError, DecodeError, tf.errors.OpError):
            for record in records:
                log = prediction_log_pb2.PredictionLog.FromString(record)
                request = log.predict_log.request
                signature = request.model_spec.signature_name
                inputs = {
                    name: to_array(name, value)
                    for name, value in request.inputs.items()
                }
                self._predict(signature, inputs, Cancellation())


def _run(
    run: Any, inputs: Mapping[str, np.ndarray], cancellation: Cancellation
) -> dict[str, np.ndarray]:
    """Runs a signature; files of many pixels one by one.

    Every one of them is labeled by itself anyway.
    """
    (files,) = inputs.values() if len(inputs) == 1 else (np.zeros(0),)
    if files.dtype != object or sum(map(_pixels, files)) < _PIXELS_AT_ONCE:
        return _run_once(run, inputs, cancellation)
    parts = []
    for index, file in enumerate(files):
        part = {name: np.array([file], object) for name in inputs}
        try:
            parts.append(_run_once(run, part, cancellation))
        except RequestError as error:
            where = str(error).replace("[0]", f"[{index}]")
            raise RequestError(where, error.code) from error
    return {
        name: np.concatenate([part[name] for part in parts])
        for name in parts[0]
    }


def _run_once(
    run: Any, inputs: Mapping[str, np.ndarray], cancellation: Cancellation
) -> dict[str, np.ndarray]:
    try:
        results = cancellation.run(run, inputs)
    except tf.errors.InvalidArgumentError as error:
        raise RequestError(explain(error.message, inputs)) from error
    # `numpy()` of a single string is bytes, not an array.
    return {
        name: np.asarray(tensor.numpy(), tensor.dtype.as_numpy_dtype)
        for name, tensor in results.items()
    }


def _pixels(photo: Any) -> int:
    """Number of pixels of an array or a file; 0 if the graph will refuse it."""
    if isinstance(photo, np.ndarray):
        return int(np.prod(photo.shape[:2]))
    try:
        with open_picture("A photo", photo, ("JPEG", "PNG")) as image:
            return image.width * image.height
    except TooManyPixelsError as error:
        code = grpc.StatusCode.RESOURCE_EXHAUSTED
        raise RequestError(str(error), code) from error
    except (*UNREADABLE, TypeError):
        return 0


def _listed(names: Mapping[str, Any]) -> str:
    return ", ".join(sorted(name[:80] for name in names)) or "nothing"
