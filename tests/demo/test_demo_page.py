"""The page in a real browser: labels, colors and controls."""

import re

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.reports import color_blind_safe
from tests.cli.conftest import CLASS_NAMES, PALETTE
from tests.helpers.demo_page import (
    canvas,
    choose,
    download,
    set_opacity,
    upload,
)

pytestmark = [pytest.mark.extras(name="demo"), pytest.mark.slow]


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


def test_downloads_are_what_label_writes(page, photo, start_command, model_dir):
    path, _ = photo
    upload(page, path)
    for name, setting in (
        # The first settings are those of the command.
        (None, "longest_side=320"),
        ("2", "num_instances=2"),
        ("1/4", "output_resolution=4"),
        ("240", "longest_side=240"),
    ):
        if name:
            choose(page, name, setting)
        if setting.startswith("longest_side"):
            flags = "--num_instances=2 --output_resolution=4".split()
            status, _, err = start_command(
                "label",
                f"--model={model_dir}",
                f"--images={path}",
                f"--output_dir={path.parent}/out",
                f"--{setting}",
                *(flags if name else ()),
            )
            assert status == 0, err
            for text in ("labels", "overlay"):
                found = download(page, f"{text.capitalize()} (PNG)")
                assert found[0] == f"holiday_{text}.png"
                file = path.parent / f"out/holiday_{text}.png"
                np.testing.assert_array_equal(found[1], Image.open(file))
    assert len(np.unique(download(page, "Labels (PNG)")[1])) > 1
    name, picture = download(page, "Instances (PNG)")
    assert name == "holiday_instances.png"
    # The photo and three pictures of its labels, scaled to 240x168.
    assert picture.shape[1] > 4 * 240


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


def test_colors_and_opacity(page, photo):
    upload(page, photo[0])
    labels = np.array(
        Image.fromarray(download(page, "Labels (PNG)")[1]).resize(
            (320, 224), Image.Resampling.NEAREST
        )
    )

    def assert_painted(palette):
        same = canvas(page)[..., :3] == np.array(palette)[labels]
        # Labels that were resized twice differ a little at outlines.
        assert same.all(axis=-1).mean() > 0.98

    asked = []
    page.on("request", lambda request: asked.append(request.url))
    for percent, alpha in ((40, 102), (0, 0), (100, 255)):
        set_opacity(page, percent)
        assert (canvas(page)[..., 3] == alpha).all()
    # The browser redraws without the server.
    assert asked == []
    assert_painted(PALETTE)
    choose(page, "color-blind-safe", "is_safe=1")
    assert_painted(color_blind_safe(PALETTE))


def test_another_network(page):
    choose(page, "plain", "model=plain")
    names = page.locator(".class .name").all_inner_texts()
    # HTML in names stays text.
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
    name = first.locator(".name").inner_text()
    color = np.array(PALETTE[CLASS_NAMES.index(name)])
    is_first = (before[..., :3] == color).all(axis=-1)

    def assert_lit(expected, selector=".scene canvas"):
        now = canvas(page, selector)
        np.testing.assert_array_equal(now[is_first], before[is_first])
        assert (now[~is_first] != before[~is_first]).any() == expected

    first.hover()
    assert_lit(True)
    page.mouse.move(5, 5)
    assert_lit(False)
    for pressed in (True, False):
        first.click()
        page.mouse.move(5, 5)
        assert first.get_attribute("aria-pressed") == str(pressed).lower()
        assert_lit(pressed)
        assert_lit(pressed, ".instance:last-child canvas")


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


def test_by_keyboard_alone(page):
    page.evaluate("document.activeElement.blur()")
    reached = ""
    for _ in range(60):
        page.keyboard.press("Tab")
        reached += page.evaluate(
            """() => {
                const at = document.activeElement;
                return `${at.ariaLabel || at.value || at.innerText}\n`;
            }"""
        )
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
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.locator(".class").first.tap()
    assert page.locator(".class[aria-pressed=true]").count() == 1
