"""A limit to what web clients may send."""

import asyncio
from typing import Any

import grpc
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from keras_rcnn.serving.served_model import count_refusal


class RequestLimit:
    """ASGI middleware that refuses requests too large, or too slow to come.

    Args:
        app: what answers the others.
        max_bytes: largest body that is read.
        max_seconds: longest wait for more of a body.
    """

    def __init__(
        self, app: Any, max_bytes: int, max_seconds: float = 30.0
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._message = (
            f"The request has more than {max_bytes} bytes: send smaller or "
            "fewer photos."
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if int(length) > self._max_bytes:
            count_refusal(grpc.StatusCode.RESOURCE_EXHAUSTED)
            refusal = JSONResponse({"error": self._message}, 413)
            await refusal(scope, receive, send)
            return
        received, complete = 0, False

        async def limited() -> Any:
            nonlocal received, complete
            # What follows the body is that the client has gone.
            message = await (receive() if complete else self._soon(receive))
            complete = not message.get("more_body", False)
            received += len(message.get("body", b""))
            if received > self._max_bytes:
                count_refusal(grpc.StatusCode.RESOURCE_EXHAUSTED)
                raise HTTPException(413, self._message)
            return message

        await self._app(scope, limited, send)

    async def _soon(self, receive: Any) -> Any:
        try:
            return await asyncio.wait_for(receive(), self._max_seconds)
        except TimeoutError as error:
            count_refusal(grpc.StatusCode.DEADLINE_EXCEEDED)
            raise HTTPException(
                408,
                f"No more of the request came for {self._max_seconds:g} "
                "seconds: send it again.",
            ) from error
