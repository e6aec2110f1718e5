"""The server of the page and its downloads."""

import contextlib
import logging
import signal
import socket
import threading
from collections.abc import Awaitable, Callable, Collection
from typing import Annotated
from urllib.parse import quote, urlsplit

import fastapi
import gradio as gr
import uvicorn

from keras_rcnn.demo.closed_streams import is_news
from keras_rcnn.demo.page import HERE, Page
from keras_rcnn.demo.photo import Photo, Settings
from keras_rcnn.demo.views import FILES

# The page loads nothing from other servers, and no other page may embed it.
# Gradio needs inline scripts and `eval`.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
    "frame-ancestors 'self'"
)
_GONE = "This photo is no longer in memory: choose it again on the page."
_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif")


def create_app(
    page: Page, hosts: Collection[str] | None = None
) -> fastapi.FastAPI:
    """The page as a web application.

    Args:
        page: the page to serve.
        hosts: names that browsers may use for this server; None for any. It
            keeps out pages of other servers whose name an attacker has
            redirected to this machine (DNS rebinding).
    """
    app = fastapi.FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    protect(app, hosts)
    _add_pictures(app, page)
    return gr.mount_gradio_app(
        app,
        page.blocks(),
        path="",
        footer_links=[],
        run_history=False,
        show_error=False,
        max_file_size=page.max_megabytes * 2**20,
        ssr_mode=False,
        mcp_server=False,
        enable_monitoring=False,
        pwa=False,
        theme=_theme(),
        head=(
            f"<style>{(HERE / 'page.css').read_text()}</style>"
            f"<script>{(HERE / 'page.js').read_text()}</script>"
        ),
    )


def protect(app: fastapi.FastAPI, hosts: Collection[str] | None = None) -> None:
    """Refuses requests of other pages, and content of other servers.

    Args:
        app: the application.
        hosts: as for `create_app`.
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


def _add_pictures(app: fastapi.FastAPI, page: Page) -> None:
    """Adds photos and downloads at addresses that contain their token."""
    # One at a time: pictures of large photos take much memory.
    drawing = threading.Lock()

    def find(token: str) -> Photo:
        photo = page.photos.get(token)
        if photo is None:
            raise fastapi.HTTPException(404, _GONE)
        return photo

    @app.get("/photo/{token}")
    def photo(token: str) -> fastapi.Response:
        return _answer(find(token).shown, "image/jpeg")

    @app.get("/download/{token}/{what}")
    def download(
        token: str,
        what: str,
        settings: Annotated[Settings, fastapi.Depends()],
        is_safe: bool,
        opacity: Annotated[float, fastapi.Query(ge=0, le=1)] = 0.5,
    ) -> fastapi.Response:
        photo = find(token)
        # Only settings that the page has shown.
        if what not in FILES or settings not in photo.labelings:
            raise fastapi.HTTPException(404, _GONE)
        with drawing:
            content = page.views.file(what, photo, settings, is_safe, opacity)
        name = quote(f"{photo.stem}_{what}.png")
        disposition = f"attachment; filename*=UTF-8''{name}"
        return _answer(
            content, "image/png", {"Content-Disposition": disposition}
        )


def _answer(
    content: bytes, kind: str, headers: dict[str, str] | None = None
) -> fastapi.Response:
    """A picture that browsers do not store."""
    return fastapi.Response(
        content,
        media_type=kind,
        headers={"Cache-Control": "no-store"} | (headers or {}),
    )


def _theme() -> gr.Theme:
    """Fonts of the system, and grays with enough contrast."""
    theme = gr.themes.Default(
        primary_hue="blue",
        secondary_hue="blue",
        neutral_hue="slate",
        font=_FONTS,
        font_mono=("monospace",),
    )
    return theme.set(
        body_text_color_subdued="*neutral_600",
        body_text_color_subdued_dark="*neutral_300",
        block_info_text_color="*neutral_600",
        block_info_text_color_dark="*neutral_300",
        block_title_text_color="*neutral_800",
        block_title_text_color_dark="*neutral_100",
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
