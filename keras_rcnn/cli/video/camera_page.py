"""`keras-rcnn label --camera`: a page that shows a camera, labeled."""

import contextlib
import html
import io
import sys
import threading
from collections.abc import Iterable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import numpy as np
import tqdm
from PIL import Image

from keras_rcnn.cli import model_flags, runner, trained_side
from keras_rcnn.cli.flags import Flags
from keras_rcnn.io import addresses
from keras_rcnn.io.camera import camera_device, open_camera
from keras_rcnn.io.images import resize_labels, scale_down
from keras_rcnn.labeling.labeler import Labeler
from keras_rcnn.labeling.temporal_average import TemporalAverage
from keras_rcnn.reports import overlay
from keras_rcnn.reports.legends import legend_column

_HOST = "127.0.0.1"
_BOUNDARY = "picture"
_PAGE = """<!doctype html>
<html lang="en"><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width">
<style>body {{ margin: 0; background: #fff; font: 16px system-ui, sans-serif }}
img {{ display: block; width: 100%; height: 100vh; object-fit: contain }}
</style>
<img src="/pictures" alt="What the camera sees, tinted by class, with a legend">
</html>
"""


class LivePicture:
    """The newest picture, for any number of browsers that wait for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._jpeg: bytes | None = None
        self._number = 0
        self._ended = False

    def show(self, picture: np.ndarray) -> None:
        """Replaces the picture, uint8 `(height, width, 3)`."""
        content = io.BytesIO()
        Image.fromarray(picture).save(content, "JPEG", quality=90)
        with self._changed:
            self._jpeg = content.getvalue()
            self._number += 1
            self._changed.notify_all()

    def end(self) -> None:
        """Lets no browser wait any longer."""
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def jpegs(self) -> Iterator[bytes]:
        """Yields each picture that is newer than the one before it."""
        seen = 0
        while True:
            with self._changed:
                while self._number == seen and not self._ended:
                    self._changed.wait()
                if self._ended or self._jpeg is None:
                    return
                seen, jpeg = self._number, self._jpeg
            yield jpeg


def show_camera(flags: Flags) -> None:
    """Shows the camera of --camera until Ctrl-C.

    Raises:
        InputError: if the camera or the model cannot be used.
    """
    runner.interrupt_at_sigterm()
    with (
        contextlib.suppress(KeyboardInterrupt),
        open_camera(*camera_device(flags.camera)) as pictures,
    ):
        trained_side.take_trained_side(flags, flags.model)
        labeler = model_flags.average_views(
            flags, model_flags.load_labeler(flags)
        )
        if flags.temporal_smoothing:
            labeler = TemporalAverage(labeler, flags.temporal_smoothing)
        labeled = tinted(labeler, pictures, flags.longest_side)
        serve_pictures(labeled, flags.camera_port)


def tinted(
    labeler: Labeler, pictures: Iterable[np.ndarray], longest_side: int | None
) -> Iterator[np.ndarray]:
    """Yields each picture under the colors of its labels, beside a legend."""
    found = np.zeros(256, bool)
    for picture in pictures:
        labels = labeler(scale_down(picture, longest_side))
        labels = resize_labels(labels, *picture.shape[:2])
        found[labels] = True
        yield np.hstack(
            [
                overlay(picture, labels, labeler.palette),
                legend_column(
                    np.flatnonzero(found),
                    labeler.class_names,
                    labeler.palette,
                    len(picture),
                ),
            ]
        )


def serve_pictures(pictures: Iterable[np.ndarray], port: int) -> None:
    """Shows pictures, as they come, on a page of this machine.

    Args:
        pictures: uint8 `(height, width, 3)` each.
        port: where the page is; 0 for any free port.
    """
    live = LivePicture()
    with addresses.listen(_HOST, port) as listener:
        server = ThreadingHTTPServer(
            listener.getsockname(), _handler(live), bind_and_activate=False
        )
        server.socket.close()
        server.socket = listener
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            url = addresses.address(_HOST, listener.getsockname()[1])
            print(f"Ready: http://{url}", flush=True)
            for picture in tqdm.tqdm(
                pictures, "Labeling", unit="frame", file=sys.stderr
            ):
                live.show(picture)
        finally:
            live.end()
            server.shutdown()


def _handler(live: LivePicture) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """Answers with the page or its pictures, to this machine only."""

        def do_GET(self) -> None:
            host = urlsplit(f"//{self.headers.get('Host', '')}").hostname
            # Pages of other servers must not see the camera.
            site = self.headers.get("Sec-Fetch-Site", "none")
            if host not in addresses.LOCAL_HOSTS or site not in (
                "none",
                "same-origin",
            ):
                self.send_error(403)
            elif self.path == "/":
                page = _PAGE.format(title=html.escape("Camera, labeled"))
                self._head("text/html; charset=utf-8")
                self.wfile.write(page.encode())
            elif self.path == "/pictures":
                self._head(f"multipart/x-mixed-replace; boundary={_BOUNDARY}")
                # The browser has left.
                with contextlib.suppress(ConnectionError):
                    self._send_pictures()
            else:
                self.send_error(404)

        def log_message(self, format: str, *args: Any) -> None:
            """Prints nothing."""

        def _head(self, kind: str) -> None:
            self.send_response(200)
            self.send_header("Content-Type", kind)
            self.send_header("Cache-Control", "no-store")
            self.send_header(
                "Content-Security-Policy", "frame-ancestors 'self'"
            )
            self.send_header("Cross-Origin-Resource-Policy", "same-origin")
            self.end_headers()

        def _send_pictures(self) -> None:
            for jpeg in live.jpegs():
                self.wfile.write(
                    f"--{_BOUNDARY}\r\nContent-Type: image/jpeg\r\n"
                    f"Content-Length: {len(jpeg)}\r\n\r\n".encode()
                )
                self.wfile.write(jpeg + b"\r\n")

    return Handler
