"""Pages in Chromium: the browser, a server of files, small pictures."""

import contextlib
import functools
import http.server
import io
import pathlib
import shutil
import threading
from collections.abc import Iterator
from typing import Any

from PIL import Image

from keras_rcnn.errors import InputError, import_extra


@contextlib.contextmanager
def start_chromium(file: str | None = None) -> Iterator[Any]:
    """Starts Chromium and yields Playwright's browser.

    Args:
        file: program to use; the one on the PATH if not given.

    Raises:
        InputError: if there is no Chromium, or Playwright is not installed.
    """
    chromium = file or shutil.which("chromium")
    if not chromium:
        raise InputError("There is no Chromium on the PATH: install it.")
    playwright = import_extra(
        "playwright.sync_api", "A picture of a page", "pages"
    )
    with playwright.sync_playwright() as play:
        # Root cannot use the sandbox, and the page is our own.
        yield play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )


@contextlib.contextmanager
def serve_folder(folder: pathlib.Path) -> Iterator[str]:
    """Serves a folder to this machine and yields its address."""
    handler = functools.partial(_Quiet, directory=folder)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()


def small_png(content: bytes) -> bytes:
    """The same picture in 256 colors, a third of the size."""
    smaller = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        # Refined by k-means, which keeps the colors of small areas.
        few = picture.convert("RGB").quantize(256, kmeans=3)
        few.save(smaller, "PNG", optimize=True)
    return smaller.getvalue()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: Any) -> None:
        """Writes nothing."""
