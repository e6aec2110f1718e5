"""A client for REST servers: this project's and TensorFlow Serving."""

import base64
from collections.abc import Sequence
from typing import Any

import grpc
import numpy as np
import requests

from keras_rcnn.serving.photo_batch import checked_files, read_labels
from keras_rcnn.serving.request_error import RequestError


class RestClient:
    """A connection to a server with TensorFlow Serving's REST interface.

    Args:
        url: address of the server.
        model_name: name of the model on the server.
        seconds: longest time to wait for an answer.
    """

    def __init__(
        self,
        url: str = "http://127.0.0.1:8501",
        model_name: str = "scene_parser",
        seconds: float = 300.0,
    ) -> None:
        self._url = f"{url.rstrip('/')}/v1/models/{model_name}"
        self._seconds = seconds
        self._session = requests.Session()

    def __enter__(self) -> "RestClient":
        """Returns the client, which the end of the block closes."""
        return self

    def __exit__(self, *_: Any) -> None:
        self.close()

    def close(self) -> None:
        """Closes the connection."""
        self._session.close()

    def is_ready(self) -> bool:
        """Returns whether the server answers and has the model."""
        try:
            return self._session.get(self._url, timeout=self._seconds).ok
        except requests.RequestException:
            return False

    def predict(
        self, signature_name: str, **inputs: Any
    ) -> dict[str, np.ndarray]:
        """Calls a signature of the model, see `ServingGraph`.

        Args:
            signature_name: name of the signature.
            **inputs: arrays by name, or lists of strings.

        Raises:
            RequestError: with the message of the server, or if it cannot be
                reached.
        """
        outputs = self._post(
            {
                "signature_name": signature_name,
                "inputs": {name: _encode(x) for name, x in inputs.items()},
            }
        )["outputs"]
        return {name: _decode(value) for name, value in outputs.items()}

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

    def _post(self, payload: dict[str, Any]) -> dict[str, Any]:
        try:
            response = self._session.post(
                f"{self._url}:predict", json=payload, timeout=self._seconds
            )
            answer = response.json()
        except requests.RequestException as error:
            raise RequestError(
                f"No answer from {self._url}: {error}",
                grpc.StatusCode.UNAVAILABLE,
            ) from error
        if not response.ok:
            message = str(answer.get("error", answer))
            raise RequestError.of_http(message, response.status_code)
        return answer


def _encode(values: Any) -> Any:
    if isinstance(values, np.ndarray):
        return values.tolist()
    # The gRPC client encodes text in the same way.
    encoded = [x.encode() if isinstance(x, str) else x for x in values]
    return [{"b64": base64.b64encode(x).decode()} for x in encoded]


def _decode(values: Any) -> np.ndarray:
    if isinstance(values, list) and values and isinstance(values[0], dict):
        decoded = [base64.b64decode(value["b64"]) for value in values]
        return np.array(decoded, object)
    return np.array(values)
