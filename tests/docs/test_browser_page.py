"""The page of docs/browser in a real browser, against LiteRT in Python."""

import io
import shutil

import numpy as np
import pytest
from PIL import Image

from docs.build import browser as program
from docs.build.chromium import serve_folder
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import read_image
from keras_rcnn.io.sample_photo import find_sample_photo
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler
from tests.helpers.turned import QUARTER_TURN

pytestmark = pytest.mark.extras(name="pages")
CHROMIUM = shutil.which("chromium")
PYRAMID, RCNN2, SIFT_FLOW = program.NETWORKS
WAIT = 120_000


@pytest.fixture(scope="module")
def url(tmp_path_factory):
    """Address of the page."""
    if not CHROMIUM:
        pytest.skip("needs Chromium on the PATH")
    if not shutil.which("npm"):
        pytest.skip("needs npm")
    folder = tmp_path_factory.mktemp("browser") / "page"
    try:
        program.write_page(folder)
    except InputError as error:
        if "registry" not in str(error):
            raise
        pytest.skip(str(error))
    with serve_folder(folder) as address:
        yield address


@pytest.fixture(scope="module")
def browser():
    """A real one, whose camera films a clock."""
    playwright = pytest.importorskip("playwright.sync_api")
    camera = "use-fake-ui-for-media-stream use-fake-device-for-media-stream"
    with playwright.sync_playwright() as play:
        yield play.chromium.launch(
            executable_path=CHROMIUM,
            # Root cannot have a sandbox; the page is our own.
            args=["--no-sandbox", *(f"--{flag}" for flag in camera.split())],
        )


@pytest.fixture(scope="module")
def page(url, browser):
    """The page with its sample photo, which asks only its own server."""
    elsewhere, complaints = [], []
    context = browser.new_context(viewport={"width": 1120, "height": 800})
    context.set_default_timeout(WAIT)
    context.on(
        "request",
        lambda request: (
            request.url.startswith((url, "blob:"))
            or elsewhere.append(request.url)
        ),
    )
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on(
        "console",
        lambda line: line.type == "error" and complaints.append(line.text),
    )
    page.goto(url)
    page.wait_for_selector("#legend li")
    yield page
    assert (elsewhere, complaints) == ([], [])


def choose_file(page, name, content):
    page.set_input_files(
        "#file", {"name": name, "mimeType": "image/*", "buffer": content}
    )


def give(page, name, picture, **options):
    """Gives the page a photo, waits for its labels and returns its file."""
    content = io.BytesIO()
    Image.fromarray(picture).save(content, name.split(".")[1], **options)
    choose_file(page, name, content.getvalue())
    page.wait_for_function(
        "name => document.getElementById('status').textContent"
        ".startsWith(`${name}, `)",
        arg=name,
    )
    return content.getvalue()


def forget(page):
    """Clears the legend, which comes back with the next labels."""
    page.evaluate("document.getElementById('legend').replaceChildren()")


def choose(page, network):
    """Chooses a network and waits for its labels of the same photo."""
    forget(page)
    page.get_by_label("Network").select_option(network)
    page.wait_for_selector("#legend li")


def downloaded(page, name):
    """The labels that the page offers to save under a name."""
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download").click()
    assert waiting.value.suggested_filename == name
    with Image.open(waiting.value.path()) as picture:
        assert picture.mode == "L"
        return np.asarray(picture)


def message(page, text):
    """Waits for a message that holds a text."""
    page.get_by_role("alert").filter(has_text=text).wait_for()


def labeler_of(network, file="weights.tflite"):
    return LiteRTLabeler(
        program.ROOT / "saved_models" / network / "litert" / file, 1
    )


def crops(width, height, count):
    """Parts of a photo, each at another scale and brightness."""
    with Image.open(find_sample_photo()) as photo:
        for index in range(count):
            left, top, side = 30 * index, 5 * index, 200 + 40 * index
            part = photo.crop((left, top, left + side, top + side))
            light = 0.6 + 0.15 * index
            brighter = part.point(lambda value, light=light: int(light * value))
            yield np.asarray(brighter.resize((width, height)))


def test_labels_of_ten_photos_are_those_of_python(page):
    wide, upright = labeler_of(PYRAMID), labeler_of(PYRAMID, "portrait.tflite")
    photos = [(wide, photo) for photo in crops(320, 240, 5)]
    photos += [(upright, photo) for photo in crops(240, 320, 5)]
    for number, (labeler, photo) in enumerate(photos):
        give(page, f"{number}.png", photo)
        labels = downloaded(page, f"{number}_labels.png")
        np.testing.assert_array_equal(labels, labeler(photo))


@pytest.mark.parametrize(
    ("network", "file", "size"),
    [
        (RCNN2, "portrait.tflite", (331, 701)),
        (SIFT_FLOW, "weights.tflite", (500, 333)),
    ],
)
def test_photos_of_other_sizes_are_scaled_as_by_python(
    page, network, file, size
):
    (photo,) = crops(*size, 1)
    give(page, "scaled.png", photo)
    choose(page, network)
    labels = downloaded(page, "scaled_labels.png")
    labeler = labeler_of(network, file)
    np.testing.assert_array_equal(labels, labeler(photo))
    # The legend begins with the largest class and names all that are there.
    rows = page.locator("#legend li").all_inner_texts()
    counts = np.bincount(labels.ravel())
    largest = labeler.class_names[counts.argmax()]
    name, share = rows[0].split("\n")
    assert (len(rows), name) == (np.count_nonzero(counts), largest)
    about = page.locator("#labels").get_attribute("aria-label")
    assert about.startswith(f"Labels: {share} {largest}")
    assert float(share.removesuffix(" %")) == pytest.approx(
        100 * counts.max() / labels.size, abs=1
    )


def test_photos_are_turned_upright_and_networks_may_be_own_files(page):
    (photo,) = crops(320, 240, 1)
    content = give(page, "turned.jpeg", photo, exif=QUARTER_TURN)
    forget(page)
    file = program.ROOT / "saved_models" / RCNN2 / "litert" / "int8.tflite"
    choose_file(page, "own.tflite", file.read_bytes())
    page.wait_for_selector("#legend li")
    chosen = page.locator("#network option:checked")
    assert chosen.inner_text() == "own.tflite"
    labels = downloaded(page, "turned_labels.png")
    upright = read_image("turned.jpeg", content)
    assert upright.shape == (320, 240, 3)
    # Programs that decode JPEG may round differently.
    expected = labeler_of(RCNN2, "int8.tflite")(upright)
    assert np.mean(labels == expected) > 0.999


def test_files_that_cannot_be_used_leave_the_photo(page):
    give(page, "street.png", next(crops(320, 240, 1)))
    before = downloaded(page, "street_labels.png")
    choose_file(page, "broken.png", b"no photo")
    message(page, "broken.png is no photo")
    choose_file(page, "broken.tflite", b"no network")
    message(page, "broken.tflite cannot be used")
    any_size = program.ROOT / "saved_models" / RCNN2 / "litert/any_size.tflite"
    choose_file(page, "any.tflite", any_size.read_bytes())
    message(page, "any.tflite cannot be used: write it with keras-rcnn export")
    after = downloaded(page, "street_labels.png")
    np.testing.assert_array_equal(before, after)


def test_the_camera_is_labeled_until_it_is_stopped(page):
    camera = page.get_by_role("button", name="Camera")
    camera.click()
    page.wait_for_function(
        "() => document.querySelector('#photo').width == 640"
    )
    first = page.locator("#photo").evaluate("canvas => canvas.toDataURL()")
    page.wait_for_function(
        "first => document.querySelector('#photo').toDataURL() != first",
        arg=first,
    )
    assert camera.get_attribute("aria-pressed") == "true"
    camera.click()
    assert camera.get_attribute("aria-pressed") == "false"
    assert downloaded(page, "camera_labels.png").shape == (480, 640)


def test_the_page_serves_keyboards_phones_and_dark_rooms(page):
    page.set_viewport_size({"width": 320, "height": 640})
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.set_viewport_size({"width": 1120, "height": 800})
    light = "getComputedStyle(document.body).backgroundColor"
    colors = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        colors.add(page.evaluate(light))
    assert len(colors) == 2
    page.get_by_label("Choose a photo").focus()
    for name in ("camera", "sample", "download", "network", "opacity"):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == name
    page.keyboard.press("Home")
    assert page.locator("#labels").evaluate("it => it.style.opacity") == "0"


def test_neither_page_nor_worker_can_ask_other_servers(browser, url):
    page = browser.new_page()
    page.set_default_timeout(WAIT)
    page.goto(url)
    page.wait_for_selector("#legend li")
    refusal = """() => new Promise(resolve => {
        self.addEventListener("securitypolicyviolation",
            event => resolve(event.blockedURI));
        fetch("http://localhost:1/").catch(() => {});
    })"""
    for asker in (page, *page.workers):
        assert asker.evaluate(refusal).startswith("http://localhost:1")
    assert len(page.workers) == 1
