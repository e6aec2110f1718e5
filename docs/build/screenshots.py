"""Takes the pictures of the page in docs/demo.md; a minute.

    python -m docs.build.screenshots

Starts `keras-rcnn demo` and photographs the page in Chromium, on a desktop and
on a phone. Needs the extras `demo` and `pages`.
"""

import contextlib
import io
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from PIL import Image

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io.files import make_folder, write_file

try:
    from playwright.sync_api import sync_playwright
except ModuleNotFoundError:
    sync_playwright = None

# Size of the window, and whether it is a phone's.
WINDOWS: dict[str, dict[str, Any]] = {
    "demo_desktop": {"viewport": {"width": 1120, "height": 1250}},
    "demo_phone": {
        "viewport": {"width": 390, "height": 1250},
        "is_mobile": True,
        "has_touch": True,
    },
}
FLAGS = Flags()
FLAGS.add_string("output_dir", "docs/pictures", "Folder to write.")
FLAGS.add_string(
    "chromium", None, "Program to use; the one on the PATH if not given."
)
NEEDS_TENSORFLOW = False


def main() -> None:
    """Takes all pictures."""
    chromium = FLAGS.chromium or shutil.which("chromium")
    if not chromium:
        raise InputError("There is no Chromium: give --chromium=FILE.")
    if sync_playwright is None:
        raise missing_extra("docs.build.screenshots", "pages")
    folder = make_folder(FLAGS.output_dir)
    with page_address() as url, sync_playwright() as play:
        # Root cannot use the sandbox, and the page is our own.
        browser = play.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        for name, window in WINDOWS.items():
            page = browser.new_page(**window)
            page.goto(url)
            page.wait_for_selector(".instance canvas", timeout=60_000)
            page.wait_for_function(
                "document.querySelector('.stage img').complete"
            )
            write_file(folder / f"{name}.png", small_png(page.screenshot()))
            print(folder / f"{name}.png")


@contextlib.contextmanager
def page_address(*flags: str) -> Iterator[str]:
    """Runs the demo with some flags and yields the address of its page."""
    command = [sys.executable, "-m", "keras_rcnn.cli", "demo", "--port=0"]
    with subprocess.Popen(
        [*command, *flags], stdout=subprocess.PIPE, text=True
    ) as demo:
        assert demo.stdout
        ready = demo.stdout.readline()
        if not ready.startswith("Ready: "):
            raise InputError("keras-rcnn demo does not start: see above.")
        try:
            yield ready.removeprefix("Ready: ").strip()
        finally:
            demo.terminate()


def small_png(content: bytes) -> bytes:
    """The same picture in 256 colors, a third of the size."""
    smaller = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        # Refined by k-means, which keeps the colors of small areas.
        few = picture.convert("RGB").quantize(256, kmeans=3)
        few.save(smaller, "PNG", optimize=True)
    return smaller.getvalue()


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
