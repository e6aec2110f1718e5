"""A limit for the size and the time of web requests."""

import asyncio
from typing import Any

import grpc
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from keras_rcnn.serving.served_model import count_refusal


class RequestLimit:
    """ASGI middleware that refuses requests that are too large or too slow.

    Args:
        app: application that answers all other requests.
        max_bytes: size of the largest body that is read.
        max_seconds: longest time to wait for the next part of a body.
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
            # After the body comes only the message that the client has left.
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
                f"No part of the request came for {self._max_seconds:g} "
                "seconds: send it again.",
            ) from error
