"""The page of painting in a real browser."""

import shlex
import threading

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi")
import uvicorn

import keras_rcnn
from keras_rcnn.demo.teach_server import create_teach_app
from keras_rcnn.io.addresses import listen
from tests.demo.teach_fixtures import taught, views
from tests.helpers.teach_page import (
    drag,
    name_class,
    place,
    touch,
    wait_for_message,
)

__all__ = ["taught", "views"]

pytestmark = [pytest.mark.extras(name="demo"), pytest.mark.slow]

# Milliseconds for a process that learns on a busy machine.
_LEARNING = 300_000


@pytest.fixture
def url(views):
    """Address of the page, served by a thread of this process."""
    listener = listen("127.0.0.1", 0)
    config = uvicorn.Config(create_teach_app(views, 1), log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    server.should_exit = True
    thread.join()
    listener.close()


@pytest.fixture
def open_page(browser, url):
    """Function of the options of a window that opens the page."""
    contexts, complaints = [], []

    def open_it(**options):
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(60_000)
        page = contexts[-1].new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(url)
        page.wait_for_function("canvas.photo.image() && canvas.strokes.image()")
        return page

    yield open_it
    for context in contexts:
        context.close()
    assert complaints == []


def mask(folder, name="scene 0"):
    return np.array(Image.open(folder / "masks" / f"{name}.png"))


def test_strokes_areas_eraser_and_keys(open_page, taught):
    page = open_page(viewport={"width": 1200, "height": 800})
    for names, message in (
        (["sky", "road"], "There are no strokes to learn from"),
        ([], "Only sky is painted"),
    ):
        for name in names:
            name_class(page, name)
        page.keyboard.press("l")
        wait_for_message(page, message)
        page.keyboard.press("1")
        drag(page, (0.1, 0.2), (0.9, 0.25))
    page.keyboard.press("2")
    drag(page, (0.1, 0.8), (0.9, 0.75))
    painted = mask(taught)
    assert set(np.unique(painted[:32])) == {0, 255}
    assert set(np.unique(painted[32:])) == {1, 255}
    line = (painted == 1).sum()

    # An area by its corners, taken back by undo and drawn again by redo.
    page.keyboard.press("p")
    for corner in ((0.2, 0.6), (0.8, 0.6), (0.8, 0.9), (0.2, 0.9)):
        page.mouse.click(*place(page, *corner))
    sizes = []
    for key in ("Enter", "Control+z", "Control+y"):
        page.keyboard.press(key)
        page.evaluate("sending")
        sizes.append((mask(taught) == 1).sum())
    assert sizes[0] == sizes[2] == pytest.approx(0.6 * 96 * 0.3 * 64, rel=0.2)
    assert sizes[1] == line

    page.keyboard.press("e")
    drag(page, (0.5, 0.6), (0.5, 0.9))
    assert (mask(taught)[42:56, 48] == 255).all()
    page.keyboard.press("+")
    page.keyboard.press("1")
    drag(page, (0.5, 0.4), (0.5, 0.45))
    # Strokes lie where they are seen, at any zoom.
    assert mask(taught)[27, 48] == 0
    page.keyboard.press("ArrowRight")
    page.wait_for_function("shown === 'scene 1'")
    page.reload()
    page.wait_for_selector(".photo.painted")
    assert page.locator(".photo.painted").count() == 1


def test_by_touch_and_in_two_browsers(open_page, taught):
    first = open_page(viewport={"width": 800, "height": 700})
    name_class(first, "sky")
    name_class(first, "road")
    page = open_page(
        viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True
    )
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.locator(".choose").nth(1).tap()
    touch(page, [[(0.2, 0.8), (0.5, 0.8), (0.8, 0.8)]])
    first.keyboard.press("1")
    drag(first, (0.2, 0.2), (0.8, 0.2))
    assert set(np.unique(mask(taught))) == {0, 1, 255}
    # Two fingers zoom, and paint nothing.
    before, scale = mask(taught), page.evaluate("canvas.stage.scaleX()")
    touch(page, [[(0.4, 0.5), (0.2, 0.5)], [(0.6, 0.5), (0.8, 0.5)]])
    assert page.evaluate("canvas.stage.scaleX()") > 1.5 * scale
    np.testing.assert_array_equal(mask(taught), before)
    page.set_input_files(
        "#files",
        [
            {"name": name, "mimeType": "image/png", "buffer": content}
            for name, content in (
                ("new.png", (taught / "images/scene 1.png").read_bytes()),
                ("bad.png", b"no picture"),
            )
        ],
    )
    wait_for_message(page, "bad.png is no picture: give a whole JPEG or PNG")
    first.wait_for_selector(".photo[title=new]")


@pytest.mark.long
def test_learn_see_correct_and_export(open_page, taught, views, run_command):
    page = open_page(viewport={"width": 1200, "height": 800})
    for number, (name, row) in enumerate((("sky", 0.2), ("road", 0.8)), 1):
        name_class(page, name)
        page.keyboard.press(str(number))
        drag(page, (0.1, row), (0.9, row))
    page.evaluate("find('seconds').options[0].value = 4")
    page.select_option("#seconds", "4")
    for round_number in (1, 2):
        page.keyboard.press("l")
        page.wait_for_function(
            "number => state.version.startsWith(number)",
            arg=str(round_number),
            timeout=_LEARNING,
        )
        page.keyboard.press("ArrowRight")
        page.wait_for_function("canvas.labels.image()")
        page.wait_for_function("!state.is_learning", timeout=_LEARNING)
        assert "Learned" in page.inner_text("#status")
        page.keyboard.press("1")
        drag(page, (0.2, 0.1), (0.6, 0.1))
    commands = views.commands()
    assert page.text_content("#commands").split("\n\n") == commands
    for line in commands:
        status, _, err = run_command(*shlex.split(line)[1:])
        assert status == 0, err
    labeler = keras_rcnn.load_labeler(taught / "model.tflite")
    assert labeler.class_names == ("sky", "road")
    labels = labeler(np.array(Image.open(taught / "images/scene 2.png")))
    assert labels.shape == (64, 96)
