"""KServe's REST and gRPC servers around a served model."""

import asyncio
import functools
import json
import logging
import warnings
from collections.abc import Callable
from typing import Any

import grpc
from fastapi import Request
from fastapi.exceptions import (
    FastAPIDeprecationWarning,
    RequestValidationError,
)
from fastapi.responses import JSONResponse
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from kserve import ModelRepository
from kserve.errors import InvalidInput
from kserve.model_server import app
from kserve.protocol.dataplane import DataPlane
from kserve.protocol.grpc import grpc_predict_v2_pb2_grpc
from kserve.protocol.grpc.interceptors import ExceptionToStatusInterceptor
from kserve.protocol.model_repository_extension import ModelRepositoryExtension
from kserve.protocol.rest.server import RESTServer
from starlette.exceptions import HTTPException

from keras_rcnn.io.addresses import address, cannot_listen, listen
from keras_rcnn.serving.ending_server import EndingServer
from keras_rcnn.serving.grpc_limits import (
    MAX_OPEN,
    MAX_WAITING,
    server_options,
)
from keras_rcnn.serving.kserve_model import KServeModel
from keras_rcnn.serving.kserve_protocol import ImpatientProtocol
from keras_rcnn.serving.kserve_request_limit import RequestLimit
from keras_rcnn.serving.kserve_servicer import LimitedServicer
from keras_rcnn.serving.kserve_work_limit import Work, WorkLimit
from keras_rcnn.serving.served_model import ServedModel


class KServeServer:
    """Serves a model over REST (v1, v2) and gRPC (v2) until it is stopped.

    `/v2/health/live` and `/v2/health/ready` report its health, `/metrics`
    its metrics for Prometheus.

    Args:
        served: the model.
        name: name of the model in requests.
        host: name or address of the interface to listen on.
        rest_port: port for REST; with 0 the system chooses one.
        grpc_port: port for gRPC; with 0 the system chooses one.
        max_request_bytes: larger requests are refused before they are read.
        grace_seconds: longest time to finish accepted requests at the end.

    Raises:
        InputError: if an address is in use or not of this machine.
    """

    def __init__(
        self,
        served: ServedModel,
        name: str,
        host: str,
        rest_port: int,
        grpc_port: int,
        max_request_bytes: int,
        grace_seconds: float = 30.0,
    ) -> None:
        models = ModelRepository()
        models.update(KServeModel(served, name))
        self._plane = _DataPlane(models)
        self._repository = _FixedRepository(models)
        self._max_request_bytes = max_request_bytes
        self._grace_seconds = grace_seconds
        self._name = name
        self._grpc_address = address(host, grpc_port)
        self._socket = listen(host, rest_port)
        self.rest_port = self._socket.getsockname()[1]
        self.grpc_port = grpc_port
        logging.getLogger("kserve").setLevel(logging.CRITICAL)

    async def serve(
        self,
        ready: Callable[[], object],
        ending: Callable[[], object] = lambda: None,
    ) -> None:
        """Answers requests until a signal ends the server.

        Args:
            ready: called without arguments once the server answers.
            ending: called without arguments at the signal.
        """
        # KServe uses a deprecated part of FastAPI.
        warnings.simplefilter("ignore", FastAPIDeprecationWarning)
        service = await self._start_grpc()
        stop = functools.partial(service.stop, self._grace_seconds)
        stopping: list[asyncio.Future] = []

        def end() -> None:
            ending()
            stopping.append(asyncio.ensure_future(stop()))

        rest = self._rest_server(end)
        ready()
        try:
            await rest.serve(sockets=[self._socket])
        finally:
            await asyncio.gather(*(stopping or [stop()]))

    def _rest_server(self, ending: Callable[[], object]) -> EndingServer:
        rest = RESTServer(
            "kserve.model_server:app",
            self._plane,
            self._repository,
            self.rest_port,
        )
        rest.create_application()
        work = Work()
        app.add_middleware(WorkLimit, max_waiting=MAX_WAITING, work=work)
        # The last one is the outermost.
        app.add_middleware(
            RequestLimit,
            max_bytes=self._max_request_bytes,
            log=functools.partial(print, flush=True),
        )
        app.add_exception_handler(RequestValidationError, _explain)
        app.add_exception_handler(HTTPException, _refuse)
        rest.config.log_level = "error"
        rest.config.http = ImpatientProtocol
        # For what is not whole yet, after the work is done.
        rest.config.timeout_graceful_shutdown = 1
        return EndingServer(rest.config, work, self._grace_seconds, ending)

    async def _start_grpc(self) -> grpc.aio.Server:
        server = grpc.aio.server(
            interceptors=(ExceptionToStatusInterceptor(),),
            maximum_concurrent_rpcs=MAX_OPEN,
            options=server_options(self._max_request_bytes),
        )
        grpc_predict_v2_pb2_grpc.add_GRPCInferenceServiceServicer_to_server(
            LimitedServicer(self._plane, self._repository), server
        )
        servicer = health.aio.HealthServicer()
        for name in ("", self._name):
            await servicer.set(name, health_pb2.HealthCheckResponse.SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(servicer, server)
        try:
            self.grpc_port = server.add_insecure_port(self._grpc_address)
        except RuntimeError as error:
            raise cannot_listen(self._grpc_address) from error
        await server.start()
        return server


class _DataPlane(DataPlane):
    """A data plane that reports unreadable requests as errors of the client."""

    def decode(self, *args: Any, **others: Any) -> Any:
        try:
            body, attributes = super().decode(*args, **others)
            # By default curl sends JSON with the content type of a form.
            if isinstance(body, bytes):
                body = json.loads(body)
            return body, attributes
        except InvalidInput:
            raise
        except Exception as error:
            raise InvalidInput(
                f"The request cannot be read: {error!r}"
            ) from error


class _FixedRepository(ModelRepositoryExtension):
    """A repository whose model cannot be loaded or unloaded by requests."""

    async def load(self, model_name: str) -> None:
        raise InvalidInput("The model cannot be loaded or unloaded.")

    async def unload(self, model_name: str) -> None:
        raise InvalidInput("The model cannot be loaded or unloaded.")


async def _refuse(request: Request, error: Any) -> JSONResponse:
    return JSONResponse({"error": str(error.detail)}, error.status_code)


async def _explain(request: Request, error: Any) -> JSONResponse:
    """Returns one line; FastAPI would send the whole request back."""
    first = error.errors()[0]
    where = ".".join(map(str, first["loc"]))
    return JSONResponse({"error": f"{where}: {first['msg']}"}, 400)
