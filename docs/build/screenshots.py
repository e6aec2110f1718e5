r"""Takes the pictures of the page in docs/demo.md; a minute.

    python tools/screenshots.py

Starts `tools/demo.py` for itself and looks at it in Chromium, on a desktop and
on a phone. Needs the extras `demo` and `pages`.
"""

import contextlib
import io
import pathlib
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from keras_rcnn.cli import runner
from absl import flags

FLAGS = flags.FLAGS
CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
# Size of the window, and whether it is a phone's.
WINDOWS: dict[str, dict[str, Any]] = {
    "demo_desktop": {"viewport": {"width": 1120, "height": 1250}},
    "demo_phone": {
        "viewport": {"width": 390, "height": 1250},
        "is_mobile": True,
        "has_touch": True,
    },
}

flags.DEFINE_string(
    "output_dir", str(CHECKOUT / "docs" / "pictures"), "Where to write."
)
flags.DEFINE_string(
    "chromium", None, "Program to use; the one on the PATH if not given."
)


def main() -> None:
    """Takes them all."""
    from keras_rcnn.errors import InputError
    from keras_rcnn.io.files import make_folder, write_file

    chromium = FLAGS.chromium or shutil.which("chromium")
    if not chromium:
        raise InputError("There is no Chromium: give --chromium=FILE.")
    try:
        from playwright.sync_api import sync_playwright
    except ModuleNotFoundError as error:
        raise InputError(
            "Playwright is not installed: run `pip install -e '.[demo,pages]'`."
        ) from error
    folder = make_folder(FLAGS.output_dir)
    with page_address() as url, sync_playwright() as play:
        # Without a sandbox, which root cannot have, as the page is our own.
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
def page_address() -> Iterator[str]:
    """Address of the page, as long as it is looked at."""
    from keras_rcnn.errors import InputError

    demo = subprocess.Popen(
        [sys.executable, CHECKOUT / "tools" / "demo.py", "--port=0"],
        stdout=subprocess.PIPE,
        text=True,
    )
    with demo:
        assert demo.stdout
        ready = demo.stdout.readline()
        if not ready.startswith("Ready: "):
            raise InputError("tools/demo.py does not start: see above.")
        try:
            yield ready.removeprefix("Ready: ").strip()
        finally:
            demo.terminate()


def small_png(content: bytes) -> bytes:
    """The same in 256 colors, a third of the size."""
    from PIL import Image

    smaller = io.BytesIO()
    with Image.open(io.BytesIO(content)) as picture:
        # Refined, so that colors of a few pixels, in a legend, stay right.
        few = picture.convert("RGB").quantize(256, kmeans=3)
        few.save(smaller, "PNG", optimize=True)
    return smaller.getvalue()


if __name__ == "__main__":
    runner.run(main)
