"""The gRPC services of TensorFlow Serving that labeling needs."""

import contextlib
import threading
from collections.abc import Iterator
from typing import Any

import grpc
import tensorflow as tf
from google.protobuf import any_pb2
from tensorflow_serving.apis import (
    get_model_metadata_pb2,
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from keras_rcnn.serving.cancellation import Cancellation
from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.served_model import ServedModel
from keras_rcnn.serving.tensor_protos import to_array

VERSION = 1


class PredictionService(
    prediction_service_pb2_grpc.PredictionServiceServicer,
    model_service_pb2_grpc.ModelServiceServicer,
):
    """`Predict`, `GetModelMetadata` and `GetModelStatus`.

    Args:
        served: the model.
        name: name of the model in requests.
        max_waiting: maximum number of whole requests for labels that are
            computed or wait.
    """

    def __init__(
        self, served: ServedModel, name: str, max_waiting: int
    ) -> None:
        self._served = served
        self._name = name
        self._places = threading.BoundedSemaphore(max_waiting)

    def Predict(
        self, request: predict_pb2.PredictRequest, context: Any
    ) -> predict_pb2.PredictResponse:
        """Runs a signature."""
        try:
            self._check_model(request.model_spec)
            signature = request.model_spec.signature_name
            # Refuses an unknown signature before the values are read.
            self._served.inputs(signature)
            inputs = {
                name: to_array(name[:80], proto)
                for name, proto in request.inputs.items()
            }
            cancellation = Cancellation()
            with self._place():
                if not context.add_callback(cancellation.cancel):
                    cancellation.cancel()
                results = self._served.predict(signature, inputs, cancellation)
            results = _chosen(results, list(request.output_filter))
        except RequestError as error:
            context.abort(error.code, str(error))
        response = predict_pb2.PredictResponse()
        self._describe(response.model_spec)
        response.model_spec.signature_name = signature or "serving_default"
        for name, array in results.items():
            response.outputs[name].CopyFrom(tf.make_tensor_proto(array))
        return response

    def GetModelMetadata(
        self,
        request: get_model_metadata_pb2.GetModelMetadataRequest,
        context: Any,
    ) -> get_model_metadata_pb2.GetModelMetadataResponse:
        """Returns inputs and outputs of all signatures."""
        try:
            self._check_model(request.model_spec)
        except RequestError as error:
            context.abort(error.code, str(error))
        response = get_model_metadata_pb2.GetModelMetadataResponse()
        self._describe(response.model_spec)
        signatures = get_model_metadata_pb2.SignatureDefMap()
        for name, definition in self._served.signature_defs.items():
            signatures.signature_def[name].CopyFrom(definition)
        packed = any_pb2.Any()
        packed.Pack(signatures)
        response.metadata["signature_def"].CopyFrom(packed)
        return response

    def GetModelStatus(
        self, request: get_model_status_pb2.GetModelStatusRequest, context: Any
    ) -> get_model_status_pb2.GetModelStatusResponse:
        """Returns `AVAILABLE`: the server starts after the model is loaded."""
        try:
            self._check_model(request.model_spec)
        except RequestError as error:
            context.abort(error.code, str(error))
        response = get_model_status_pb2.GetModelStatusResponse()
        response.model_version_status.add(
            version=VERSION,
            state=get_model_status_pb2.ModelVersionStatus.AVAILABLE,
        )
        return response

    @contextlib.contextmanager
    def _place(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise RequestError(
                "Too many requests are waiting: send this one again later.",
                grpc.StatusCode.RESOURCE_EXHAUSTED,
            )
        try:
            yield
        finally:
            self._places.release()

    def _check_model(self, spec: Any) -> None:
        if spec.name != self._name:
            raise RequestError(
                f"There is no model {spec.name[:80]!r}: ask for {self._name}.",
                grpc.StatusCode.NOT_FOUND,
            )
        if spec.HasField("version") and spec.version.value != VERSION:
            raise RequestError(
                f"There is no version {spec.version.value} of {self._name}: "
                f"leave it out, or ask for {VERSION}.",
                grpc.StatusCode.NOT_FOUND,
            )

    def _describe(self, spec: Any) -> None:
        spec.name = self._name
        spec.version.value = VERSION


def _chosen(results: dict[str, Any], wanted: list[str]) -> dict[str, Any]:
    for name in wanted:
        if name not in results:
            raise RequestError(
                f"There is no output {name[:80]!r}: choose from "
                f"{', '.join(sorted(results))}."
            )
    return {name: results[name] for name in wanted} if wanted else results
