"""The server of the page and its downloads."""

import threading
from collections.abc import Collection
from typing import Annotated
from urllib.parse import quote

import fastapi
import gradio as gr

from keras_rcnn.demo.page import HERE, Page
from keras_rcnn.demo.photo import Photo, Settings
from keras_rcnn.demo.views import FILES
from keras_rcnn.demo.web import picture_answer, protect

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
        return picture_answer(find(token).shown, "image/jpeg")

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
        return picture_answer(
            content, "image/png", {"Content-Disposition": disposition}
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
