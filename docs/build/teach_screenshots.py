"""Takes the pictures of the page in docs/teach.md; two minutes.

    python -m docs.build.teach_screenshots

Starts `keras-rcnn demo --teach` with generated scenes, paints on three of them,
lets a network learn, and photographs the page in Chromium, on a desktop and on
a phone. Needs the extras `demo` and `pages`.
"""

import pathlib
import sys
import tempfile
from typing import Any

import numpy as np

from docs.build.chromium import small_png, start_chromium
from docs.build.screenshots import page_address
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.io.files import make_folder, write_file

FLAGS = Flags()
FLAGS.add_string("output_dir", "docs/pictures", "Folder to write.")
FLAGS.add_integer("seconds", 60, "How long to learn.")

images = LazyModule("keras_rcnn.io.images")
painter = LazyModule("experiments.stroke_painter")
project = LazyModule("keras_rcnn.teaching.project")
synthetic = LazyModule("keras_rcnn.datasets.synthetic")

NUM_SCENES, PAINTED = 9, 3
WINDOWS: dict[str, dict[str, Any]] = {
    "teach_desktop": {"viewport": {"width": 1120, "height": 800}},
    "teach_phone": {
        "viewport": {"width": 390, "height": 844},
        "is_mobile": True,
        "has_touch": True,
    },
}


def main() -> None:
    """Paints, learns, and takes the pictures."""
    with (
        tempfile.TemporaryDirectory() as folder,
        page_address(f"--teach={paint(pathlib.Path(folder))}") as url,
        start_chromium() as browser,
    ):
        output_dir = make_folder(FLAGS.output_dir)
        learn(browser.new_page(), url)
        for name, window in WINDOWS.items():
            page = browser.new_page(**window)
            page.goto(url)
            page.wait_for_function("canvas.labels.image()", timeout=0)
            # The thumbnails follow one by one.
            page.wait_for_function(
                "[...document.querySelectorAll('.labels')]"
                ".slice(0, 4).every(each => each.naturalWidth)",
                timeout=0,
            )
            write_file(output_dir / f"{name}.png", small_png(page.screenshot()))
            print(output_dir / f"{name}.png")


def learn(page: Any, url: str) -> None:
    """Learns once and waits for the end."""
    page.goto(url)
    page.wait_for_function("state.photos.length")
    page.evaluate(f"find('seconds').options[0].value = {FLAGS.seconds}")
    page.evaluate("find('seconds').selectedIndex = 0")
    page.click("#learn")
    page.wait_for_function("state.is_learning", timeout=0)
    page.wait_for_function("!state.is_learning && state.version", timeout=0)


def paint(folder: pathlib.Path) -> pathlib.Path:
    """A project of scenes, some of them with strokes."""
    taught = project.Project(folder)
    taught.set_classes(synthetic.CLASS_NAMES, synthetic.PALETTE)
    for number in range(NUM_SCENES):
        rng = np.random.default_rng((0, 5, number))
        scene, truth = synthetic.draw_scene(rng)
        # Large enough to be shown without blocks.
        size = 4 * truth.shape[1], 4 * truth.shape[0]
        name = taught.add_photo(
            f"scene {number}.png", images.encode_png(enlarged(scene, size))
        )
        if number < PAINTED:
            truth = enlarged(truth, size)
            empty = taught.mask(name)
            for stroke in painter.strokes(empty, truth, 10, rng):
                taught.paint(name, stroke)
    return folder


def enlarged(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """A picture or labels at another size, without new values."""
    return np.repeat(
        np.repeat(picture, size[1] // picture.shape[0], 0),
        size[0] // picture.shape[1],
        1,
    )


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
