"""What the page shows and hands out, without a browser."""

import asyncio
import base64
import gc
import io
import logging
import sys

import numpy as np
import pytest
from PIL import Image

from keras_rcnn import RecurrentCNN, RecurrentPyramid, SceneLabeler
from keras_rcnn.datasets import synthetic
from keras_rcnn.demo import drawing
from keras_rcnn.demo.closed_streams import is_news
from keras_rcnn.demo.networks import Networks
from keras_rcnn.demo.photo import Labeling, Photo, Settings
from keras_rcnn.demo.samples import CHINA, SCENE, sample_photos
from keras_rcnn.demo.views import Views
from keras_rcnn.errors import InputError
from keras_rcnn.io.images import encode_png, scale_down
from keras_rcnn.io.pictures import allow_megapixels
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.reports import (
    color_blind_safe,
    instances_strip,
    overlay_with_legend,
)
from tests.helpers.run_command import error_line
from tests.helpers.turned import QUARTER_TURN

SETTINGS = Settings("toy", 20, 4, 2)


@pytest.fixture(scope="module")
def networks(model):
    plain = RecurrentCNN.from_preset("plain", 4)
    pyramid = RecurrentPyramid(4, width=4, depth=1, eye_filters=(3, 4))
    return Networks({"toy": model, "plain": plain, "pyramid": pyramid})


@pytest.fixture
def photo(noise):
    return Photo("holiday.png", encode_png(noise), "photo: me")


def pixels_of(content):
    return np.asarray(Image.open(io.BytesIO(content)))


def labels_of(value):
    """The labels that the script gets, read as it reads them."""
    flat = np.frombuffer(base64.b64decode(value["labels"]), np.uint8)
    return flat.reshape(value["height"], value["width"])


def test_a_photo_is_turned_upright(noise):
    content = io.BytesIO()
    turned = Image.fromarray(np.rot90(noise).copy())
    turned.save(content, "PNG", exif=QUARTER_TURN)
    photo = Photo("a.png", content.getvalue())
    assert (photo.height, photo.width) == noise.shape[:2]
    np.testing.assert_array_equal(photo.pixels(), noise)
    assert pixels_of(photo.shown).shape == noise.shape


def test_a_photo_at_another_size(photo, noise):
    for side in (12, 18, 12, 500):
        np.testing.assert_array_equal(
            photo.scaled(side), scale_down(noise, side)
        )


@pytest.mark.parametrize(
    ("name", "stem"), [("a.b.jpg", "a.b"), ("a", "a"), ("", "photo")]
)
def test_the_name_of_its_files(noise, name, stem):
    assert Photo(name, encode_png(noise)).stem == stem


def test_photos_have_secrets_of_their_own(noise):
    tokens = {Photo("a.png", encode_png(noise)).token for _ in range(5)}
    assert len(tokens) == 5
    assert min(map(len, tokens)) > 16


def test_what_is_no_photo(broken_files):
    for what, message in (
        ("empty", "is empty, 0 bytes"),
        ("text", "is no picture"),
        ("truncated", "is broken"),
    ):
        with pytest.raises(InputError, match=rf"a\.jpg {message}"):
            Photo("a.jpg", broken_files[what].read_bytes())


def test_too_many_pixels(noise, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", Image.MAX_IMAGE_PIXELS)
    allow_megapixels(0.0005)
    with pytest.raises(
        InputError, match=r"more than 0\.0005 megapixels, the maximum"
    ):
        Photo("a.png", encode_png(noise))


def test_names_of_networks(model_dir, tmp_path):
    folder = tmp_path / model_dir.name
    folder.mkdir()
    content = (model_dir / "model.keras").read_bytes()
    (folder / "model.keras").write_bytes(content)
    (tmp_path / "alone.keras").write_bytes(content)
    networks = Networks.load(
        [model_dir, folder / "model.keras", tmp_path / "alone.keras"]
    )
    assert list(networks.models) == [
        model_dir.name,
        # A second network of the same name is named by its path.
        str(folder / "model.keras"),
        "alone",
    ]


def test_no_network(tmp_path):
    with pytest.raises(InputError, match="no network: give models="):
        Networks.load([])
    with pytest.raises(InputError, match="nothing: no model there"):
        Networks.load([tmp_path / "nothing"])


def test_what_networks_can_do(networks):
    # Each instance of this stack has a stride of 2, a plain network of 16.
    assert networks.instances("toy") == [1, 2, 3]
    assert networks.resolutions("toy") == [8, 4, 2, 1]
    assert networks.instances("plain") == [1]
    assert networks.resolutions("plain") == [16, 8, 4, 2, 1]


@pytest.mark.parametrize(
    ("asked", "done"),
    [
        (("toy", 320, 8, 3), (8, 3)),
        (("toy", 320, 8, 2), (4, 2)),
        (("toy", 320, 8, 1), (2, 1)),
        (("toy", 320, 1, 1), (1, 1)),
        (("plain", 320, 8, 3), (8, 1)),
        # The instances of a pyramid have the resolutions 32, 16, 8 and 4.
        (("pyramid", 320, 1, 4), (4, 4)),
        (("pyramid", 320, 16, 4), (16, 2)),
        (("pyramid", 320, 4, 2), (16, 2)),
    ],
)
def test_settings_fit_the_network(networks, asked, done):
    fitted = networks.fit(Settings(*asked))
    assert (fitted.output_resolution, fitted.num_instances) == done
    assert fitted[:2] == asked[:2]


def test_labels_are_those_of_the_labeler(networks, photo, noise, labeler):
    labeling = networks.label(photo, SETTINGS)
    expected = labeler(scale_down(noise, 20)[None])[0]
    np.testing.assert_array_equal(labeling.labels, expected)
    assert labeling.seconds > 0


def test_the_network_runs_once_for_each_setting(networks, photo):
    first = networks.label(photo, SETTINGS)
    assert networks.label(photo, SETTINGS) is first
    other = networks.label(photo, SETTINGS._replace(output_resolution=2))
    assert other is not first


def test_a_photo_beyond_the_memory(networks, photo, monkeypatch):
    def label(images):
        raise TooLargeError(24, 36)

    monkeypatch.setattr(networks, "_labeler", lambda settings: label)
    with pytest.raises(InputError, match=r"holiday\.png is too large"):
        networks.label(photo, SETTINGS)


def test_picture(networks, photo, model, labeler, noise):
    value = Views(networks).picture(photo, SETTINGS, False)
    labels = labeler(scale_down(noise, 20)[None])[0]
    np.testing.assert_array_equal(labels_of(value["map"]), labels)
    counts = np.bincount(labels.ravel(), minlength=3)
    order = sorted(range(3), key=lambda index: -counts[index])
    assert value["classes"] == [
        {
            "index": index,
            "name": model.class_names[index],
            "color": list(model.palette[index]),
            "share": counts[index] / labels.size,
        }
        for index in order
        if counts[index]
    ]
    assert value["photo"] == f"photo/{photo.token}"
    assert value["credit"] == "photo: me"
    assert set(value["files"]) == {"labels", "overlay", "instances"}
    assert all(photo.token in address for address in value["files"].values())


def test_picture_in_colors_for_the_color_blind(networks, photo, model):
    safe = color_blind_safe(model.palette)
    value = Views(networks).picture(photo, SETTINGS, True)
    for entry in value["classes"]:
        assert tuple(entry["color"]) == safe[entry["index"]]


def test_strip(networks, photo, model, noise):
    value = Views(networks).strip(photo, SETTINGS, False)
    small = scale_down(noise, 20)[None]
    one, two, three = (
        # One instance has a stride of 2, so that 4 cannot be had.
        SceneLabeler(model, "fragments", resolution, instances)(small)[0]
        for instances, resolution in ((1, 2), (2, 4), (3, 4))
    )
    for entry, labels in zip(
        value["instances"], (one, two, three), strict=True
    ):
        np.testing.assert_array_equal(labels_of(entry["map"]), labels)
    assert [entry["notes"] for entry in value["instances"]] == [
        ["sees 5x5 pixels"],
        [
            "sees 13x13 pixels",
            f"changes {100 * np.mean(one != two):.1f} % of the labels",
        ],
        [
            "sees 29x29 pixels",
            f"changes {100 * np.mean(two != three):.1f} % of the labels",
        ],
    ]
    assert value["palette"] == model.palette


def test_files(networks, photo, model, noise, labeler):
    views = Views(networks)
    strip = views.strip(photo, SETTINGS, False)
    small = scale_down(noise, 20)
    labels = labeler(small[None])[0]
    # Of the photo's own size: row 0 of 24 is row 0 of 13, and so on.
    rows = [int((row + 0.5) * 13 / 24) for row in range(24)]
    columns = [int((column + 0.5) * 20 / 36) for column in range(36)]
    large = labels[np.ix_(rows, columns)]
    classes = model.class_names, model.palette
    expected = {
        "labels": large,
        "overlay": overlay_with_legend(noise, large, *classes, 0.25),
        "instances": instances_strip(
            small,
            [labels_of(entry["map"]) for entry in strip["instances"]],
            *classes,
            "photo: me",
        ),
    }
    for what, picture in expected.items():
        content = views.file(what, photo, SETTINGS, False, 0.25)
        np.testing.assert_array_equal(pixels_of(content), picture)


def test_sizes(photo):
    small, whole = np.zeros((10, 20), np.uint8), np.zeros((24, 36), np.uint8)
    assert drawing.sizes(photo, small) == (
        "holiday.png, 36x24 pixels, scaled to 20x10"
    )
    assert drawing.sizes(photo, whole) == "holiday.png, 36x24 pixels"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        # 10 x 20 labels: 6,666 and 2 a second.
        (0.03, "Labeled at 1/4 in 0.03 s, 6,700 pixels a second"),
        (86.4, "Labeled at 1/4 in 86.40 s, 2 pixels a second"),
    ],
)
def test_speed(seconds, text):
    labeling = Labeling(np.zeros((10, 20), np.uint8), seconds)
    assert drawing.speed(labeling, SETTINGS) == text


def test_samples():
    samples = sample_photos([("sky", "sea"), synthetic.CLASS_NAMES])
    assert list(samples) == [CHINA, SCENE]
    assert samples[CHINA].width == 640
    assert "danielbuechele, CC BY 2.0" in samples[CHINA].credit
    assert samples[SCENE].pixels().shape == (120, 160, 3)
    # A network that learned from photos makes nothing of drawings.
    assert list(sample_photos([("sky", "sea")])) == [CHINA]


def test_without_gradio(run_command, monkeypatch):
    monkeypatch.setitem(sys.modules, "gradio", None)
    assert error_line(run_command("demo", "--port=0")) == (
        "The page needs the extra demo: run `pip install "
        "'keras-scene-parsing[demo]'`.\n"
    )


@pytest.mark.parametrize("closing", ["answers once more", "fails"])
def test_what_the_log_leaves_out(caplog, monkeypatch, closing):
    """Streams closed in the middle, as when a browser leaves."""

    async def answers():
        try:
            yield 1
        except GeneratorExit:
            if closing == "fails":
                raise ValueError("broken") from None
            yield 2

    async def leave():
        await anext(answers())
        await asyncio.sleep(0.01)
        gc.collect()

    logger = logging.getLogger("asyncio")
    monkeypatch.setattr(logger, "filters", [])
    asyncio.run(leave())
    assert "Task exception was never retrieved" in caplog.text
    caplog.clear()
    logger.addFilter(is_news)
    asyncio.run(leave())
    assert ("broken" in caplog.text) == (closing == "fails")
    assert bool(caplog.text) == (closing == "fails")
