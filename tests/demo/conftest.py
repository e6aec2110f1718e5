"""A page with two small networks, and browsers that visit it."""

import re
import shutil
import signal
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import RecurrentCNN
from keras_rcnn.models.saving import save_model
from tests.cli.conftest import labeler, model, model_dir
from tests.helpers.run_command import popen_command
from tests.helpers.turned import QUARTER_TURN

__all__ = ["labeler", "model", "model_dir"]

CHROMIUM = shutil.which("chromium")
WAIT = 60_000
# Gradio asks for the progress of an upload that is already complete.
HARMLESS = {
    "Failed to load resource: the server responded with a status of 404 "
    "(Not Found)",
    "Response",
}


@pytest.fixture(scope="module")
def uploads(tmp_path_factory):
    """Folder of the server's temporary files."""
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def url(model_dir, uploads, tmp_path_factory):
    """Address of the page."""
    if not find_spec("gradio"):
        pytest.skip("needs gradio")
    plain = tmp_path_factory.mktemp("models") / "plain"
    plain.mkdir()
    network = RecurrentCNN.from_preset("plain", 2, ("water", "<b>rock</b>"))
    save_model(network, plain / "model.keras")
    process = popen_command(
        "demo",
        f"--models={model_dir}",
        f"--models={plain}",
        "--port=0",
        "--max_upload_mb=1",
        "--max_megapixels=1",
        environment={"TMPDIR": str(uploads)},
    )
    first_line = process.stdout.readline()
    try:
        ready = re.fullmatch(r"Ready: (http://127\.0\.0\.1:\d+)\n", first_line)
        yield ready[1]
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    # No traceback, whatever visitors did, and a clean end.
    assert (process.returncode, out, err) == (0, "", "")
    assert not [path for path in uploads.iterdir() if path.is_dir()]


@pytest.fixture(scope="module")
def browser():
    if not CHROMIUM:
        pytest.skip("needs chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as play:
        yield play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )


@pytest.fixture
def visit(browser, url):
    """Function that opens the page, which must not ask any other server."""
    contexts, elsewhere, complaints = [], [], []

    def note(request):
        if not request.url.startswith((f"{url}/", "data:", "blob:")):
            elsewhere.append(request.url)

    def listen(message):
        if message.type == "error" and message.text not in HARMLESS:
            complaints.append(message.text)

    def open_page(**options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(WAIT)
        page = contexts[-1].new_page()
        page.on("request", note)
        page.on("console", listen)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        page.wait_for_selector(".instance canvas")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert (elsewhere, complaints) == ([], [])


@pytest.fixture
def page(visit):
    return visit(viewport={"width": 1280, "height": 900})


@pytest.fixture
def photo(write_picture):
    """File of a photo with an orientation, and its upright pixels."""
    rng = np.random.default_rng(1)
    small = rng.integers(0, 256, (7, 10, 3), np.uint8)
    upright = np.array(Image.fromarray(small).resize((500, 350)))
    turned = np.rot90(upright).copy()
    path = write_picture("holiday.png", turned, exif=QUARTER_TURN)
    return path, upright
