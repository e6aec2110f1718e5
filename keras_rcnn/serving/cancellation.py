"""Work that is given up when its client leaves."""

import threading
from collections.abc import Mapping
from typing import Any

import grpc
import numpy as np
import tensorflow as tf
from tensorflow.python.eager import cancellation

from keras_rcnn.serving.request_error import RequestError


class Cancellation:
    """Ends a function of TensorFlow from another thread.

    TensorFlow stops between two operations, at most seconds later. One object
    belongs to one request.
    """

    def __init__(self) -> None:
        self._manager = cancellation.CancellationManager()

    def cancel(self) -> None:
        """Ends the running function, and each later one at once."""
        self._manager.start_cancel()

    def run(
        self, function: Any, inputs: Mapping[str, np.ndarray]
    ) -> dict[str, tf.Tensor]:
        """Calls a signature of a SavedModel.

        Raises:
            RequestError: if it was cancelled.
        """
        tensors = {name: tf.constant(value) for name, value in inputs.items()}
        _ACTIVE.manager = self._manager
        try:
            return function(**tensors)
        except tf.errors.CancelledError as error:
            message = "The client has left."
            code = grpc.StatusCode.CANCELLED
            raise RequestError(message, code) from error
        finally:
            _ACTIVE.manager = None


class _ManagerOfThread(threading.local):
    """TensorFlow has one active manager for all threads: here each has one.

    A function that fails cancels its manager, and with it what is called with
    it later. So a call that nobody may cancel takes a new one.
    """

    manager: cancellation.CancellationManager | None = None

    @property
    def _impl(self) -> Any:
        return (self.manager or cancellation.CancellationManager())._impl


_ACTIVE = _ManagerOfThread()
cancellation.CancellationManagerContext(_ACTIVE).__enter__()
