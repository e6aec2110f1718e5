"""The page in a real browser, as a visitor uses it."""

import base64
import io
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from importlib.util import find_spec

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import RecurrentCNN
from keras_rcnn.models.saving import save_model
from keras_rcnn.reports import color_blind_safe

CHROMIUM = shutil.which("chromium")
# Looked for, not imported, as that takes seconds.
MISSING = [name for name in ("gradio", "playwright") if not find_spec(name)] + [
    "chromium"
] * (not CHROMIUM)
pytestmark = [
    pytest.mark.extras(name="demo"),
    pytest.mark.slow,
    pytest.mark.skipif(bool(MISSING), reason=f"needs {', '.join(MISSING)}"),
]
ROOT = pathlib.Path(__file__).parents[2]
DEMO = ROOT / "tools" / "demo.py"
ORIENTATION = 0x0112
CLASS_NAMES = ("sky", "grass", "road")
PALETTE = ((10, 20, 200), (30, 180, 40), (128, 60, 128))
UPLOAD = "#upload input[type=file]"
WAIT = 60_000
# What Gradio says of an upload that was over before it could ask how far it is.
HARMLESS = {
    "Failed to load resource: the server responded with a status of 404 "
    "(Not Found)",
    "Response",
}


@pytest.fixture(scope="module")
def uploads(tmp_path_factory):
    """Where the server has its temporary files."""
    return tmp_path_factory.mktemp("uploads")


@pytest.fixture(scope="module")
def url(model_dir, uploads, tmp_path_factory):
    """Address of a page with two toy networks."""
    plain = tmp_path_factory.mktemp("models") / "plain"
    plain.mkdir()
    network = RecurrentCNN.from_preset("plain", 2, ("water", "<b>rock</b>"))
    save_model(network, plain / "model.keras")
    process = subprocess.Popen(
        [
            sys.executable,
            DEMO,
            f"--models={model_dir}",
            f"--models={plain}",
            "--port=0",
            "--max_upload_mb=1",
            "--max_megapixels=1",
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ | {"PYTHONPATH": str(ROOT), "TMPDIR": str(uploads)},
    )
    said = process.stdout.readline()
    try:
        yield re.fullmatch(r"Ready: (http://127\.0\.0\.1:\d+)\n", said)[1]
    finally:
        process.send_signal(signal.SIGTERM)
        out, err = process.communicate(timeout=60)
    # Whatever visitors did, no traceback, and a clean end.
    assert (process.returncode, out, err) == (0, "", "")
    assert not [path for path in uploads.iterdir() if path.is_dir()]


@pytest.fixture(scope="module")
def browser():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as play:
        yield play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )


@pytest.fixture
def visit(browser, url):
    """Function that opens the page, and sees to it that it asks nobody else."""
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
    """File of a photo that is to be turned, and the photo upright."""
    rng = np.random.default_rng(1)
    small = rng.integers(0, 256, (7, 10, 3), np.uint8)
    upright = np.array(Image.fromarray(small).resize((500, 350)))
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # to be turned by a quarter clockwise
    path = write_picture("holiday.png", np.rot90(upright).copy(), exif=exif)
    return path, upright


def upload(page, path):
    """Gives the page a photo and waits for its labels."""
    page.set_input_files(UPLOAD, path)
    page.wait_for_function(
        "name => document.querySelector('.sizes').textContent.startsWith(name)",
        arg=f"{path.name}, ",
    )


def choose(page, name, setting):
    """Chooses by what is to be read, and waits for the labels of that."""
    text = page.get_by_text(name, exact=True)
    page.locator("#controls label").filter(has=text).click()
    page.wait_for_selector(f"a.file[href*='{setting}']")


def download(page, text):
    """What a link gives: its name and the picture."""
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


def set_opacity(page, percent):
    page.get_by_label("number input for Opacity, %").fill(str(percent))
    page.keyboard.press("Tab")
    page.wait_for_selector(f"a.file[href$='opacity={percent / 100:g}']")


@pytest.fixture
def label_png(start_command, model_dir, photo, tmp_path):
    """Function of flags that gives what tools/label.py writes."""

    def run(*choices):
        status, _, err = start_command(
            "label",
            f"--model={model_dir}",
            f"--images={photo[0]}",
            f"--output_dir={tmp_path}/out",
            *choices,
        )
        assert status == 0, err
        return [
            np.asarray(Image.open(tmp_path / "out" / f"holiday_{what}.png"))
            for what in ("labels", "overlay")
        ]

    return run


def test_a_visitor_finds_a_photo_labeled(page):
    assert page.locator(".sizes").inner_text() == (
        "china.jpg, 640x427 pixels, scaled to 320x214"
    )
    assert re.fullmatch(
        r"Labeled at 1/1 in \d+\.\d\d s, [\d,]+ pixels a second",
        page.locator(".speed").inner_text(),
    )
    assert "danielbuechele" in page.locator(".credit").inner_text()
    assert page.locator(".instance").count() == 4
    shares = page.locator(".class .share").all_inner_texts()
    assert sum(float(share[:-2]) for share in shares) == pytest.approx(
        100, 0.01
    )


def test_downloads_are_what_label_py_writes(page, photo, label_png):
    path, upright = photo
    upload(page, path)
    choose(page, "2", "num_instances=2")
    choose(page, "1/4", "output_resolution=4")
    choose(page, "240", "longest_side=240")
    labels, overlay = label_png(
        "--longest_side=240", "--num_instances=2", "--output_resolution=4"
    )
    assert labels.shape == upright.shape[:2]
    assert len(np.unique(labels)) > 1
    name, picture = download(page, "Labels (PNG)")
    assert name == "holiday_labels.png"
    np.testing.assert_array_equal(picture, labels)
    name, picture = download(page, "Overlay (PNG)")
    assert name == "holiday_overlay.png"
    np.testing.assert_array_equal(picture, overlay)
    name, picture = download(page, "Instances (PNG)")
    assert name == "holiday_instances.png"
    # The photo and three pictures of its labels, scaled to 240x168.
    assert picture.shape[1] > 4 * 240


def test_a_photo_is_dropped(page, photo):
    content = base64.b64encode(photo[0].read_bytes()).decode()
    dropped = page.evaluate_handle(
        """content => {
            const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
            const dropped = new DataTransfer();
            const file = new File([bytes], "dropped.png", {type: "image/png"});
            dropped.items.add(file);
            return dropped;
        }""",
        content,
    )
    page.dispatch_event("#upload button", "drop", {"dataTransfer": dropped})
    page.get_by_text("dropped.png, 500x350 pixels").wait_for()


def test_the_photo_is_below_its_labels(page, photo):
    path, upright = photo
    upload(page, path)
    page.wait_for_function(
        "() => document.querySelector('.stage img').naturalWidth === 500"
    )
    image, labels = (
        page.locator(f".stage {name}").bounding_box()
        for name in ("img", "canvas")
    )
    assert image == labels
    assert image["width"] / image["height"] == pytest.approx(
        upright.shape[1] / upright.shape[0], 0.01
    )


def test_what_is_chosen_at_first_is_what_label_py_does(page, photo, label_png):
    upload(page, photo[0])
    labels, _ = label_png("--longest_side=320")
    np.testing.assert_array_equal(download(page, "Labels (PNG)")[1], labels)


def test_colors_and_opacity(page, photo):
    upload(page, photo[0])
    set_opacity(page, 100)
    labels = np.array(
        Image.fromarray(download(page, "Labels (PNG)")[1]).resize(
            (320, 224), Image.Resampling.NEAREST
        )
    )
    opaque = canvas(page)
    colors = np.array(PALETTE)
    # What was resized twice is not quite the same at outlines.
    same = (opaque[..., :3] == colors[labels]).all(axis=-1)
    assert same.mean() > 0.98
    assert (opaque[..., 3] == 255).all()
    set_opacity(page, 40)
    assert (canvas(page)[..., 3] == 102).all()
    set_opacity(page, 0)
    assert (canvas(page) == 0).all()
    set_opacity(page, 100)
    choose(page, "color-blind-safe", "is_safe=1")
    safe = np.array(color_blind_safe(PALETTE))
    same = (canvas(page)[..., :3] == safe[labels]).all(axis=-1)
    assert same.mean() > 0.98


def test_moving_the_opacity_asks_the_server_nothing(page):
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    set_opacity(page, 75)
    assert asked == []


def test_another_network(page):
    choose(page, "plain", "model=plain")
    names = page.locator(".class .name").all_inner_texts()
    # What is written as HTML stays text.
    assert set(names) <= {"water", "<b>rock</b>"}
    assert page.get_by_label("3", exact=True).count() == 0
    assert page.locator("#controls").get_by_text("1/16").count() == 1
    page.wait_for_function(
        "() => document.querySelectorAll('.instance').length === 2"
    )


def test_a_class_lights_up(page):
    set_opacity(page, 100)
    before = canvas(page)
    first = page.locator(".class").first
    color = np.array(
        PALETTE[CLASS_NAMES.index(first.locator(".name").inner_text())]
    )
    is_first = (before[..., :3] == color).all(axis=-1)

    def assert_lit(expected):
        now = canvas(page)
        np.testing.assert_array_equal(now[is_first], before[is_first])
        kept = (now[~is_first] == before[~is_first]).all()
        assert kept != expected

    first.hover()
    assert_lit(True)
    page.mouse.move(5, 5)
    assert_lit(False)
    first.click()
    page.mouse.move(5, 5)
    assert first.get_attribute("aria-pressed") == "true"
    assert_lit(True)
    # In the strip as well.
    strip = canvas(page, ".instance:last-child canvas")
    np.testing.assert_array_equal(strip[is_first], before[is_first])
    assert (strip[~is_first] != before[~is_first]).any()
    first.click()
    page.mouse.move(5, 5)
    assert first.get_attribute("aria-pressed") == "false"
    assert_lit(False)


def test_the_pointer_names_the_class_under_it(page):
    set_opacity(page, 100)
    picture = page.locator(".scene canvas")
    picture.hover(position={"x": 200, "y": 100})
    box = picture.bounding_box()
    pixels = canvas(page)
    height, width = pixels.shape[:2]
    row = int(100 / box["height"] * height)
    color = pixels[row, int(200 / box["width"] * width), :3].tolist()
    name = CLASS_NAMES[PALETTE.index(tuple(color))]
    assert page.locator(".under").inner_text() == name
    picture.click(position={"x": 200, "y": 100})
    pressed = page.locator(".class[aria-pressed=true] .name")
    assert pressed.all_inner_texts() == [name]


def broken(folder, noise):
    """Files that cannot be used, and what is said of them."""
    content = io.BytesIO()
    Image.fromarray(noise).save(content, "JPEG")
    (folder / "text.jpg").write_text("no picture")
    (folder / "empty.jpg").write_bytes(b"")
    (folder / "cut.jpg").write_bytes(content.getvalue()[:-300])
    Image.new("1", (20_000, 20_000)).save(folder / "bomb.png")
    return {
        "text.jpg": "text.jpg is no picture: give a whole JPEG or PNG file.",
        "empty.jpg": "empty.jpg is empty, 0 bytes",
        "cut.jpg": "cut.jpg is broken",
        "bomb.png": "bomb.png has more than 1 megapixels",
    }


def test_rubbish_is_answered_by_a_message(page, photo, tmp_path, noise):
    message = page.get_by_role("alert")
    for name, text in broken(tmp_path, noise).items():
        page.set_input_files(UPLOAD, tmp_path / name)
        page.wait_for_function(
            "text => document.querySelector('.message').textContent"
            ".startsWith(text)",
            arg=text,
        )
        # What was there stays.
        assert page.locator(".sizes").inner_text().startswith("china.jpg")
    assert message.is_visible()
    upload(page, photo[0])
    assert not message.is_visible()


@pytest.mark.parametrize(
    ("name", "change"),
    [
        ("one.png", lambda image: image.resize((1, 1))),
        ("ink.jpg", lambda image: image.convert("CMYK")),
        ("clear.png", lambda image: image.convert("RGBA")),
        ("gray.png", lambda image: image.convert("L")),
        ("wide.png", lambda image: image.resize((2000, 1))),
        (
            "fine.png",
            lambda image: Image.fromarray(
                np.asarray(image.convert("L")).astype(np.uint16) * 257
            ),
        ),
    ],
)
def test_photos_of_every_kind(page, noise, tmp_path, name, change):
    change(Image.fromarray(noise)).save(tmp_path / name)
    upload(page, tmp_path / name)
    assert page.locator(".message").is_hidden()
    assert page.locator(".class").count() >= 1


def test_a_file_beyond_the_limit(page, tmp_path, url, photo):
    (tmp_path / "large.png").write_bytes(bytes(2**20 + 1))
    page.set_input_files(UPLOAD, tmp_path / "large.png")
    page.get_by_text("exceed the maximum allowed size of 1.0 Mb").wait_for()
    upload(page, photo[0])


def test_the_server_refuses_what_is_too_large(url):
    boundary = "x"
    body = (
        (
            f'--{boundary}\r\nContent-Disposition: form-data; name="files"; '
            'filename="a.png"\r\n\r\n'
        ).encode()
        + bytes(2**21)
        + f"\r\n--{boundary}--\r\n".encode()
    )
    request = urllib.request.Request(
        f"{url}/gradio_api/upload",
        body,
        {"Content-Type": f"multipart/form-data; boundary={boundary}"},
    )
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(request)
    with refusal.value as answer:
        assert answer.code == 413


def test_photos_do_not_stay_on_disk(page, photo, uploads):
    upload(page, photo[0])
    download(page, "Overlay (PNG)")
    (folder,) = (path for path in uploads.iterdir() if path.is_dir())
    files = (path for path in folder.rglob("*") if path.is_file())
    # Gradio makes files of nothing for names of its own.
    assert [path for path in files if path.stat().st_size] == []


def test_downloads_of_others(page, url):
    """Nobody gets a photo without its token, nor what is not on the page."""
    address = page.locator("a.file").first.get_attribute("href")
    token = address.split("/")[1]
    for other in (
        "photo/guess",
        address.replace(token, "guess"),
        address.replace("/labels", "/model"),
        address.replace("longest_side=320", "longest_side=32000"),
    ):
        with pytest.raises(urllib.error.HTTPError) as refusal:
            urllib.request.urlopen(f"{url}/{other}")
        with refusal.value as answer:
            assert answer.code == 404
            assert "choose it again" in json.loads(answer.read())["detail"]


def test_by_keyboard_alone(page):
    page.evaluate("document.activeElement.blur()")
    reached = []
    for _ in range(60):
        page.keyboard.press("Tab")
        reached.append(
            page.evaluate(
                """() => {
                    const at = document.activeElement;
                    return at.ariaLabel || at.value || at.innerText;
                }"""
            )
        )
    reached = "\n".join(map(str, reached))
    for control in (
        "Click to upload",
        "Sample: a palace",
        "plain",
        "3",
        "8",
        "640",
        "color-blind-safe",
        "Opacity",
        "sky",
        "Labels (PNG)",
        "Overlay (PNG)",
        "Instances (PNG)",
    ):
        assert control in reached
    page.locator(".class").first.focus()
    page.keyboard.press("Space")
    assert page.locator(".class[aria-pressed=true]").count() == 1
    page.locator("#controls input[value='2']").first.focus()
    page.keyboard.press("Space")
    page.wait_for_selector("a.file[href*='num_instances=2']")


@pytest.mark.parametrize("width", [320, 390, 768])
def test_no_scrolling_to_the_side(visit, photo, width):
    page = visit(
        viewport={"width": width, "height": 844}, is_mobile=True, has_touch=True
    )
    upload(page, photo[0])
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width
    page.locator(".class").first.tap()
    assert page.locator(".class[aria-pressed=true]").count() == 1


def test_two_visitors(visit, photo, tmp_path, noise):
    """Each sees their own photo."""
    Image.fromarray(noise).save(tmp_path / "other.png")
    one, other = visit(), visit()
    upload(one, photo[0])
    upload(other, tmp_path / "other.png")
    choose(one, "1/8", "output_resolution=8")
    assert one.locator(".sizes").inner_text().startswith("holiday.png")
    assert other.locator(".sizes").inner_text().startswith("other.png")


def test_without_gradio(run_command, monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    status, out, err = run_command("demo", "--port=0")
    assert (status, out) == (1, "")
    assert err == (
        "error: The page is made with Gradio, which is not installed: run "
        "`pip install -e '.[demo]'`.\n"
    )


def test_a_model_that_is_none(start_command, tmp_path):
    status, out, err = start_command("demo", "--port=0", "--models=nothing")
    assert (status, out) == (1, "")
    assert err.startswith("error: nothing: no model there")
    assert err.count("\n") == 1


def test_an_address_that_is_taken(run_command):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, out, err = run_command("demo", f"--port={port}")
    assert (status, out) == (1, "")
    assert f"error: 127.0.0.1:{port} cannot be listened on" in err


@pytest.mark.parametrize(
    "flag",
    [
        "--port=-1",
        "--host=",
        "--max_upload_mb=0",
        "--max_megapixels=nan",
        "--max_megapixels=-1",
        "stray",
    ],
)
def test_wrong_usage(run_command, flag):
    status, out, err = run_command("demo", flag)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1
