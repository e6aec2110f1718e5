"""A client for gRPC servers: this project's and TensorFlow Serving."""

from collections.abc import Sequence
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from tensorflow_serving.apis import (
    get_model_status_pb2,
    model_service_pb2_grpc,
    predict_pb2,
    prediction_service_pb2_grpc,
)

from keras_rcnn.serving.photo_batch import checked_files, read_labels
from keras_rcnn.serving.request_error import RequestError

_UNLIMITED = [
    ("grpc.max_send_message_length", -1),
    ("grpc.max_receive_message_length", -1),
]


class GrpcClient:
    """A connection to a server; several threads may share it.

    Args:
        address: host and port of the server.
        model_name: name of the model on the server.
        seconds: longest time to wait for an answer.
    """

    def __init__(
        self,
        address: str = "127.0.0.1:8500",
        model_name: str = "scene_parser",
        seconds: float = 300.0,
    ) -> None:
        self._channel = grpc.insecure_channel(address, _UNLIMITED)
        self._model_name = model_name
        self._seconds = seconds

    def __enter__(self) -> "GrpcClient":
        """Returns the client, which the end of the block closes."""
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._channel.close()

    def is_ready(self) -> bool:
        """Returns whether the server answers and has the model."""
        request = get_model_status_pb2.GetModelStatusRequest()
        request.model_spec.name = self._model_name
        stub = model_service_pb2_grpc.ModelServiceStub(self._channel)
        try:
            response = stub.GetModelStatus(request, timeout=self._seconds)
        except grpc.RpcError:
            return False
        available = get_model_status_pb2.ModelVersionStatus.AVAILABLE
        return any(
            version.state == available
            for version in response.model_version_status
        )

    def predict(
        self, signature_name: str, **inputs: Any
    ) -> dict[str, np.ndarray]:
        """Calls a signature of the model, see `ServingGraph`.

        Args:
            signature_name: name of the signature.
            **inputs: arrays by name.

        Raises:
            RequestError: with the message of the server, or if it cannot be
                reached.
        """
        request = predict_pb2.PredictRequest()
        request.model_spec.name = self._model_name
        request.model_spec.signature_name = signature_name
        for name, array in inputs.items():
            request.inputs[name].CopyFrom(tf.make_tensor_proto(array))
        stub = prediction_service_pb2_grpc.PredictionServiceStub(self._channel)
        try:
            response = stub.Predict(request, timeout=self._seconds)
        except grpc.RpcError as error:
            raise RequestError(error.details(), error.code()) from error
        return {
            name: tf.make_ndarray(proto)
            for name, proto in response.outputs.items()
        }

    def label(self, files: Sequence[bytes]) -> list[np.ndarray]:
        """Returns the labels of photos, each uint8 `(height, width)`.

        Args:
            files: contents of JPEG and PNG files.

        Raises:
            RequestError: as `predict`, or if a file is no JPEG or PNG.
        """
        files = checked_files(files)
        results = self.predict("image_bytes", image_bytes=files)
        return read_labels(results["label_png_bytes"])
