"""Takes the pictures of the page in docs/demo.md; a minute.

    python -m docs.build.screenshots

Starts `keras-rcnn demo` and photographs the page in Chromium, on a desktop and
on a phone. Needs the extras `demo` and `pages`.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

from docs.build.chromium import small_png, start_chromium
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder, write_file

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
    # Pages are closed before their server ends.
    with page_address() as url, start_chromium(FLAGS.chromium) as browser:
        folder = make_folder(FLAGS.output_dir)
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


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
