"""What a visitor does on the demo page, by Playwright."""

import io
import pathlib

import numpy as np
from PIL import Image

UPLOAD = "#upload input[type=file]"


def upload(page, path):
    """Gives the page a photo and waits for its labels."""
    page.set_input_files(UPLOAD, path)
    page.wait_for_function(
        "name => document.querySelector('.sizes').textContent.startsWith(name)",
        arg=f"{path.name}, ",
    )


def choose(page, name, setting):
    """Chooses a control by its text and waits for the new labels."""
    text = page.get_by_text(name, exact=True)
    page.locator("#controls label").filter(has=text).click()
    page.wait_for_selector(f"a.file[href*='{setting}']")


def set_opacity(page, percent):
    page.get_by_label("number input for Opacity, %").fill(str(percent))
    page.keyboard.press("Tab")
    page.wait_for_selector(f"a.file[href$='opacity={percent / 100:g}']")


def download(page, text):
    """Name and pixels of the file behind a link."""
    with page.expect_download() as waiting:
        page.get_by_text(text).click()
    content = pathlib.Path(waiting.value.path()).read_bytes()
    picture = np.asarray(Image.open(io.BytesIO(content)))
    return waiting.value.suggested_filename, picture


def canvas(page, selector=".scene canvas"):
    """Pixels of a canvas, `(height, width, 4)`."""
    height, width, values = page.eval_on_selector(
        selector,
        """canvas => [canvas.height, canvas.width, Array.from(
            canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data)]""",
    )
    return np.array(values, np.uint8).reshape(height, width, 4)
