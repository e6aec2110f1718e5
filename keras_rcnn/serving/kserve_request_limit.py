"""A limit to what web clients may send."""

from typing import Any

from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse


class RequestLimit:
    """ASGI middleware that refuses large requests.

    Args:
        app: what answers the others.
        most_bytes: largest body that is read.
    """

    def __init__(self, app: Any, most_bytes: int) -> None:
        self._app = app
        self._most_bytes = most_bytes
        self._message = (
            f"The request has more than {most_bytes} bytes: send smaller or "
            "fewer photos."
        )

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if int(length) > self._most_bytes:
            refusal = JSONResponse({"error": self._message}, 413)
            await refusal(scope, receive, send)
            return
        received = 0

        async def counted() -> Any:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._most_bytes:
                raise HTTPException(413, self._message)
            return message

        await self._app(scope, counted, send)
