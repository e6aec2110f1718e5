"""A limit for the number of waiting web requests."""

import dataclasses
from typing import Any

import grpc
from starlette.responses import JSONResponse

from keras_rcnn.serving.served_model import count_refusal

_WORK = (":predict", "/infer")
_RETRY_SECONDS = 5


@dataclasses.dataclass
class Work:
    """What a server is doing.

    Args:
        waiting: number of requests for labels that are computed or wait.
        ending: whether new ones are refused.
    """

    waiting: int = 0
    ending: bool = False


class WorkLimit:
    """ASGI middleware that refuses photos while too many requests wait.

    Requests for health and metrics are never refused: a monitor would restart
    a server that does not answer them.

    Args:
        app: application that answers all other requests.
        max_waiting: maximum number of requests for labels that are computed
            or wait.
        work: what the server is doing.
    """

    def __init__(self, app: Any, max_waiting: int, work: Work) -> None:
        self._app = app
        self._max_waiting = max_waiting
        self._work = work

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request."""
        work = self._work
        if scope["type"] != "http" or not scope["path"].endswith(_WORK):
            await self._app(scope, receive, send)
        elif work.ending or work.waiting >= self._max_waiting:
            count_refusal(grpc.StatusCode.UNAVAILABLE)
            reason = (
                "The server is ending"
                if work.ending
                else f"{work.waiting} requests are waiting"
            )
            refusal = JSONResponse(
                {
                    "error": f"{reason}: send this one again in "
                    f"{_RETRY_SECONDS} seconds."
                },
                503,
                {"Retry-After": str(_RETRY_SECONDS)},
            )
            await refusal(scope, receive, send)
        else:
            work.waiting += 1
            try:
                await self._app(scope, receive, send)
            finally:
                work.waiting -= 1
