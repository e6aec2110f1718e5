"""A limit for the number of waiting web requests."""

from typing import Any

import grpc
from starlette.responses import JSONResponse

from keras_rcnn.serving.served_model import count_refusal

_WORK = (":predict", "/infer")
_RETRY_SECONDS = 5


class WorkLimit:
    """ASGI middleware that refuses photos while too many requests wait.

    Requests for health and metrics are never refused: a monitor would restart
    a server that does not answer them.

    Args:
        app: application that answers all other requests.
        max_waiting: maximum number of requests for labels that are computed
            or wait.
    """

    def __init__(self, app: Any, max_waiting: int) -> None:
        self._app = app
        self._max_waiting = max_waiting
        self._waiting = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request."""
        if scope["type"] != "http" or not scope["path"].endswith(_WORK):
            await self._app(scope, receive, send)
            return
        if self._waiting >= self._max_waiting:
            count_refusal(grpc.StatusCode.UNAVAILABLE)
            refusal = JSONResponse(
                {
                    "error": f"{self._waiting} requests are waiting: send "
                    f"this one again in {_RETRY_SECONDS} seconds."
                },
                503,
                {"Retry-After": str(_RETRY_SECONDS)},
            )
            await refusal(scope, receive, send)
            return
        self._waiting += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self._waiting -= 1
