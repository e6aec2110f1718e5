"""A served model for the v1 and v2 protocols of KServe."""

import asyncio
import base64
import binascii
import uuid
from typing import Any

import kserve
import numpy as np
from kserve.errors import InvalidInput

from keras_rcnn.serving import json_requests
from keras_rcnn.serving.cancellation import Cancellation
from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.served_model import ServedModel

# KServe's names of types.
_TYPES = {"uint8": "UINT8", "int32": "INT32", "float32": "FP32"}
_STRINGS = "BYTES"


class KServeModel(kserve.Model):
    """Answers requests of both protocols.

    v1 is TensorFlow Serving's REST form, see `json_requests`. v2 takes and
    gives named tensors, over REST or gRPC; the signature is the parameter
    `signature_name` of the request. Strings are base64 in JSON.

    Args:
        served: the model.
        name: name of the model in requests.
    """

    def __init__(self, served: ServedModel, name: str) -> None:
        super().__init__(name)
        self._served = served
        self.ready = True

    async def predict(
        self, payload: Any, headers: dict[str, str] | None = None
    ) -> Any:
        """Answers a request in a thread, so that others are answered too.

        Raises:
            InvalidInput: if the request is invalid.
        """
        cancellation = Cancellation()
        try:
            return await asyncio.to_thread(self._answer, payload, cancellation)
        except asyncio.CancelledError:
            cancellation.cancel()
            raise
        except RequestError as error:
            raise InvalidInput(str(error)) from error

    async def get_input_types(self) -> list[dict[str, Any]]:
        """Returns the inputs of `serving_default`."""
        return self._described("inputs")

    async def get_output_types(self) -> list[dict[str, Any]]:
        """Returns the outputs of `serving_default`."""
        return self._described("outputs")

    def _answer(self, payload: Any, cancellation: Cancellation) -> Any:
        if isinstance(payload, kserve.InferRequest):
            return self._answer_v2(payload, cancellation)
        if not isinstance(payload, dict):
            raise RequestError("The request is not a JSON object.")
        signature = _text(payload.get("signature_name", ""))
        specs = self._served.inputs(signature)
        inputs, rows = json_requests.decode_inputs(payload, specs)
        results = self._served.predict(signature, inputs, cancellation)
        return json_requests.encode_outputs(results, rows)

    def _answer_v2(
        self, request: kserve.InferRequest, cancellation: Cancellation
    ) -> kserve.InferResponse:
        parameters = request.parameters or {}
        signature = _text(
            parameters["signature_name"]
            if "signature_name" in parameters
            else ""
        )
        self._served.inputs(signature)
        results = self._served.predict(
            signature,
            {part.name: _to_array(part) for part in request.inputs},
            cancellation,
        )
        raw = bool(request.from_grpc or request.use_binary_outputs)
        return kserve.InferResponse(
            response_id=str(request.id or uuid.uuid4()),
            model_name=self.name,
            infer_outputs=[
                _to_output(name, array, raw) for name, array in results.items()
            ],
        )

    def _described(self, side: str) -> list[dict[str, Any]]:
        definition = self._served.signature_defs["serving_default"]
        return [
            {
                "name": name,
                "datatype": "FP32" if name == "confidence" else "UINT8",
                "shape": [d.size for d in info.tensor_shape.dim],
            }
            for name, info in getattr(definition, side).items()
        ]


def _text(value: Any) -> str:
    """Returns a string, also from a parameter of gRPC."""
    value = getattr(value, "string_param", value)
    if not isinstance(value, str):
        raise RequestError("signature_name must be a string.")
    return value


def _to_array(part: kserve.InferInput) -> np.ndarray:
    name = part.name
    try:
        if part.datatype == _STRINGS:
            array = part.as_numpy()
            flat = [_to_bytes(name, value) for value in array.reshape(-1)]
            found = np.empty(len(flat), object)
            found[:] = flat
            return found.reshape(array.shape)
        if part.data and part.datatype == "UINT8":
            numbers = json_requests.to_whole_numbers(name, part.data, np.uint8)
            return numbers.reshape(part.shape)
        return part.as_numpy()
    except RequestError:
        raise
    except Exception as error:  # KServe's errors have no class in common.
        raise RequestError(
            f"{name[:80]} has values that do not fit its shape or type: {error}"
        ) from error


def _to_bytes(name: str, value: Any) -> bytes:
    if isinstance(value, bytes):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError, TypeError) as error:
        raise RequestError(f"{name[:80]} is not base64: {error}.") from error


def _to_output(name: str, array: np.ndarray, raw: bool) -> kserve.InferOutput:
    datatype = _TYPES.get(array.dtype.name, _STRINGS)
    if datatype == _STRINGS and not raw:
        texts = [base64.b64encode(x).decode() for x in array.reshape(-1)]
        return kserve.InferOutput(name, list(array.shape), datatype, texts)
    output = kserve.InferOutput(name, list(array.shape), datatype)
    output.set_data_from_numpy(array, binary_data=raw)
    return output
