"""What all web pages of the demo have in common."""

import contextlib
import logging
import signal
import socket
from collections.abc import Awaitable, Callable, Collection
from urllib.parse import urlsplit

import fastapi
import uvicorn

from keras_rcnn.demo.closed_streams import is_news

# The page loads nothing from other servers, and no other page may embed it.
# Gradio needs inline scripts and `eval`.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'"
)


def protect(app: fastapi.FastAPI, hosts: Collection[str] | None = None) -> None:
    """Refuses requests of other pages, and content of other servers.

    Args:
        app: the application.
        hosts: names that browsers may use for this server; None for any. It
            keeps out pages of other servers whose name an attacker has
            redirected to this machine (DNS rebinding).
    """

    @app.middleware("http")
    async def protected(
        request: fastapi.Request,
        answer: Callable[[fastapi.Request], Awaitable[fastapi.Response]],
    ) -> fastapi.Response:
        if not _is_from_here(request, hosts):
            return fastapi.Response(
                "This request comes from another page, or names another host.",
                403,
            )
        try:
            response = await answer(request)
        except RuntimeError:
            # Starlette raises it when the browser has left.
            if await request.is_disconnected():
                return fastapi.Response(status_code=499)
            raise
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response


def _is_from_here(
    request: fastapi.Request, hosts: Collection[str] | None
) -> bool:
    host = request.headers.get("host", "")
    try:
        name = urlsplit(f"//{host}").hostname
    except ValueError:
        return False
    if hosts is not None and name not in hosts:
        return False
    origin = request.headers.get("origin")
    is_upload = request.method not in ("GET", "HEAD")
    return not (is_upload and origin and origin.partition("://")[2] != host)


def picture_answer(
    content: bytes, kind: str, headers: dict[str, str] | None = None
) -> fastapi.Response:
    """A picture that browsers do not store."""
    return fastapi.Response(
        content,
        media_type=kind,
        headers={"Cache-Control": "no-store"} | (headers or {}),
    )


def serve(app: fastapi.FastAPI, listener: socket.socket) -> None:
    """Answers at a socket until Ctrl-C or SIGTERM.

    Args:
        app: result of `create_app`.
        listener: socket to accept connections from.
    """
    # Both signals have to run the cleanup of the callers.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    logging.getLogger("asyncio").addFilter(is_news)
    config = uvicorn.Config(
        app, log_level="warning", timeout_graceful_shutdown=2
    )
    with contextlib.suppress(KeyboardInterrupt):
        uvicorn.Server(config).run(sockets=[listener])
