"""Limits for the size and the time of web requests, and for lost clients."""

import asyncio
from collections.abc import Callable
from typing import Any

import grpc
from starlette.responses import JSONResponse

from keras_rcnn.serving.request_error import RequestError
from keras_rcnn.serving.served_model import count_refusal

# A photo of a megapixel as lists of lists of three numbers.
MAX_LISTS = 1_100_000
MAX_VALUES = 3_300_000
# Bodies of this many requests of the largest size are kept at a time.
MAX_LARGE_BODIES = 8


class ClientLeftError(Exception):
    """The client has closed the connection."""


class RequestLimit:
    """ASGI middleware that reads whole requests for the application.

    It refuses requests that are too large or too slow, and gives up the work
    of clients that have left. Must be the outermost one: only whole requests
    get further.

    Args:
        app: application that answers all other requests.
        max_bytes: size of the largest body that is read.
        max_seconds: longest time from the head of a request to its end.
        log: prints one line.
    """

    def __init__(
        self,
        app: Any,
        max_bytes: int,
        max_seconds: float = 60.0,
        log: Callable[[str], object] = print,
    ) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._max_seconds = max_seconds
        self._log = log
        self._bytes = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Answers a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = bytearray()
        has_begun = False

        async def send_on(message: Any) -> None:
            nonlocal has_begun
            has_begun = True
            await send(message)

        try:
            await self._read(scope, receive, body)
            _check_json(body)
            await self._answer(scope, bytes(body), receive, send_on)
        except asyncio.CancelledError:
            # The server ends, and this was not done in time.
            if has_begun:
                raise
            refusal = JSONResponse({"error": "The server is ending."}, 503)
            await refusal(scope, receive, send)
        except RequestError as error:
            count_refusal(error.code)
            refusal = JSONResponse(
                {"error": str(error)},
                error.http_status,
                {"Connection": "close"},
            )
            await refusal(scope, receive, send)
        except ClientLeftError:
            self._log("A client left before its request was answered.")
        finally:
            self._bytes -= len(body)

    async def _read(self, scope: Any, receive: Any, body: bytearray) -> None:
        too_large = RequestError(
            f"The request has more than {self._max_bytes} bytes: send smaller "
            "or fewer photos.",
            grpc.StatusCode.RESOURCE_EXHAUSTED,
        )
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if int(length) > self._max_bytes:
            raise too_large
        more = True
        try:
            async with asyncio.timeout(self._max_seconds):
                while more:
                    message = await receive()
                    if message["type"] == "http.disconnect":
                        raise ClientLeftError
                    part = message.get("body", b"")
                    body += part
                    self._bytes += len(part)
                    if len(body) > self._max_bytes:
                        raise too_large
                    if self._bytes > MAX_LARGE_BODIES * self._max_bytes:
                        raise RequestError(
                            "Too many large requests are coming in: send this "
                            "one again later.",
                            grpc.StatusCode.UNAVAILABLE,
                        )
                    more = message.get("more_body", False)
        except TimeoutError as error:
            raise RequestError(
                f"The request did not come within {self._max_seconds:g} "
                "seconds: send it again.",
                grpc.StatusCode.DEADLINE_EXCEEDED,
            ) from error

    async def _answer(
        self, scope: Any, body: bytes, receive: Any, send: Any
    ) -> None:
        """Runs the application until it has answered or the client has left."""
        answered = False
        waiting = [{"type": "http.request", "body": body, "more_body": False}]

        async def left() -> Any:
            while (message := await receive())["type"] != "http.disconnect":
                pass
            return message

        leaving = asyncio.ensure_future(left())

        async def give() -> Any:
            return waiting.pop() if waiting else await asyncio.shield(leaving)

        async def send_on(message: Any) -> None:
            nonlocal answered
            answered |= message["type"] == "http.response.body" and not (
                message.get("more_body", False)
            )
            await send(message)

        work = asyncio.ensure_future(self._app(scope, give, send_on))
        try:
            await asyncio.wait(
                {work, leaving}, return_when=asyncio.FIRST_COMPLETED
            )
            if not (work.done() or answered):
                work.cancel()
                await asyncio.gather(work, return_exceptions=True)
                raise ClientLeftError
            await work
        finally:
            leaving.cancel()
            work.cancel()


def _check_json(body: bytearray) -> None:
    """Refuses JSON that would take much more memory than its text.

    Raises:
        RequestError: if it may hold too many lists or values.
    """
    lists = body.count(b"[") + body.count(b"{")
    if lists > MAX_LISTS or body.count(b",") > MAX_VALUES:
        raise RequestError(
            f"The request holds more than {MAX_LISTS} lists or {MAX_VALUES} "
            "values: send photos as files, image_bytes.",
            grpc.StatusCode.RESOURCE_EXHAUSTED,
        )
