"""Photographs and times the page of docs/browser; a minute or two.

    python -m docs.build.browser_figures

Labels the sample photo by each network, by turns in Chromium and in Python, and
prints the milliseconds of the fastest run, which other programs disturb least.
Needs npm and the extras `pages` and `litert`.
"""

import pathlib
import sys
import tempfile
import time
from typing import Any

import numpy as np
from PIL import Image

from docs.build import browser as page_files
from docs.build.chromium import serve_folder, small_png, start_chromium
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.io.files import write_file
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler

PICTURES = page_files.ROOT / "docs" / "pictures"
WINDOWS: dict[str, dict[str, Any]] = {
    "browser_desktop": {"viewport": {"width": 1120, "height": 780}},
    "browser_phone": {
        "viewport": {"width": 390, "height": 1180},
        "is_mobile": True,
        "has_touch": True,
        "color_scheme": "dark",
    },
}
# The first runs are slower, as browsers compile the code once more.
WARM_UP = 3
RELAXED, COMPATIBLE = page_files.WASM
FLAGS = Flags()
FLAGS.add_integer("repeats", 25, "Runs that each fastest one is taken from.")
FLAGS.add_string(
    "chromium", None, "Program to use; the one on the PATH if not given."
)
NEEDS_TENSORFLOW = False


def main() -> None:
    """Takes the pictures and prints the table."""
    with (
        start_chromium(FLAGS.chromium) as browser,
        tempfile.TemporaryDirectory() as work,
    ):
        folder = pathlib.Path(work, "page")
        page_files.write_page(folder)
        with serve_folder(folder) as url:
            for name, window in WINDOWS.items():
                page = open_page(browser, url, **window)
                for _ in range(WARM_UP):
                    milliseconds(page)
                write_file(
                    PICTURES / f"{name}.png", small_png(page.screenshot())
                )
                page.close()
            print_table(browser, url, folder / "china.jpg")


def open_page(browser: Any, url: str, **window: Any) -> Any:
    """The page with its sample photo."""
    page = browser.new_page(**window)
    page.goto(url)
    page.wait_for_selector("#legend li", timeout=120_000)
    return page


def print_table(browser: Any, url: str, photo: pathlib.Path) -> None:
    """Prints the milliseconds of the fastest run of each network."""
    relaxed, compatible = open_page(browser, url), browser.new_page()
    # As in a browser without relaxed SIMD.
    compatible.route(
        f"**/{RELAXED}.js",
        lambda route: route.continue_(
            url=route.request.url.replace(RELAXED, COMPATIBLE)
        ),
    )
    compatible.goto(url)
    compatible.wait_for_selector("#legend li", timeout=120_000)
    print("| network | Chromium | without relaxed SIMD | Python, 1 thread |")
    print("| --- | --- | --- | --- |")
    for network in page_files.NETWORKS:
        run = in_python(network, photo)
        for page in (relaxed, compatible):
            page.get_by_label("Network").select_option(network)
        times: list[list[float]] = [[], [], []]
        for turn in range(-WARM_UP, FLAGS.repeats):
            found = [milliseconds(relaxed), milliseconds(compatible), run()]
            for part, one in zip(times, found, strict=True):
                if turn >= 0:
                    part.append(one)
        fastest = " | ".join(f"{min(part):.0f}" for part in times)
        print(f"| {network} | {fastest} |", flush=True)


def milliseconds(page: Any) -> float:
    """Has the page label its sample photo once more."""
    page.locator("#speed").evaluate("part => { part.textContent = '' }")
    page.get_by_role("button", name="Sample photo").click()
    page.wait_for_function("() => document.querySelector('#speed').textContent")
    text = page.locator("#speed").inner_text()
    return float(text.split(" ms", maxsplit=1)[0])


def in_python(network: str, photo: pathlib.Path) -> Any:
    """Function that labels the photo in Python and returns milliseconds."""
    file = page_files.ROOT / "saved_models" / network / "litert"
    labeler = LiteRTLabeler(file / page_files.FILES[0], num_threads=1)
    assert labeler.size
    rows, columns = labeler.size
    with Image.open(photo) as picture:
        pixels = np.asarray(picture.resize((columns, rows)))

    def run() -> float:
        start = time.perf_counter()
        labeler(pixels)
        return 1000 * (time.perf_counter() - start)

    run()
    return run


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
