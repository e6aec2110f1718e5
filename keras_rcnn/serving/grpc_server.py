"""A gRPC server for clients of TensorFlow Serving."""

import threading
from concurrent import futures

import grpc
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from tensorflow_serving.apis import (
    model_service_pb2_grpc,
    prediction_service_pb2_grpc,
)

from keras_rcnn.io.addresses import cannot_listen
from keras_rcnn.serving.grpc_limits import (
    MAX_OPEN,
    MAX_WAITING,
    server_options,
)
from keras_rcnn.serving.prediction_service import PredictionService
from keras_rcnn.serving.served_model import ServedModel


class GrpcServer:
    """Serves a model until it is stopped.

    Args:
        served: the model.
        name: name of the model in requests.
        address: host and port, IPv6 in brackets; with port 0 the system
            chooses a port.
        max_request_bytes: larger requests are refused before they are read.

    Raises:
        InputError: if the address is in use or not of this machine.
    """

    def __init__(
        self,
        served: ServedModel,
        name: str,
        address: str,
        max_request_bytes: int,
    ) -> None:
        self._server = grpc.server(
            futures.ThreadPoolExecutor(MAX_OPEN, "grpc"),
            maximum_concurrent_rpcs=MAX_OPEN,
            options=server_options(max_request_bytes),
        )
        service = PredictionService(served, name, MAX_WAITING)
        prediction_service_pb2_grpc.add_PredictionServiceServicer_to_server(
            service, self._server
        )
        model_service_pb2_grpc.add_ModelServiceServicer_to_server(
            service, self._server
        )
        self._health = health.HealthServicer()
        for service_name in ("", name):
            self._health.set(
                service_name, health_pb2.HealthCheckResponse.SERVING
            )
        health_pb2_grpc.add_HealthServicer_to_server(self._health, self._server)
        try:
            self.port = self._server.add_insecure_port(address)
        except RuntimeError as error:
            raise cannot_listen(address) from error
        self._server.start()

    def begin_to_stop(self, grace: float) -> threading.Event:
        """Refuses new requests and finishes running ones.

        Args:
            grace: longest time to finish them, in seconds.

        Returns:
            What is set when they are finished.
        """
        self._health.enter_graceful_shutdown()
        return self._server.stop(grace)

    def stop(self, grace: float = 5.0) -> None:
        """Finishes running requests, for at most `grace` seconds."""
        self.begin_to_stop(grace).wait()

    def wait(self) -> None:
        """Waits until the server is stopped."""
        self._server.wait_for_termination()
