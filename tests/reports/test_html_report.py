"""Pages that hold all they need, read by Python's own parser."""

import numpy as np
import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.reports import html_report as page
from tests.helpers.html_page import HtmlPage

NASTY = "<b>&\"'</script> \N{SNOWMAN}"


@pytest.fixture
def written(tmp_path):
    """Function of a page's content that gives the page."""

    def write(*content, title="A title"):
        page.write_page(tmp_path / "page.html", title, *content)
        return HtmlPage(tmp_path / "page.html")

    return write


def test_names_may_hold_anything(written):
    picture = page.encode_picture(np.zeros((3, 4, 3), np.uint8), 9, False)
    found = written(
        page.section(NASTY, NASTY, page.element("p", NASTY)),
        page.table([NASTY, "b"], [[NASTY, page.bar(0.5, NASTY)]]),
        page.facts([(NASTY, NASTY)]),
        page.legend([NASTY], [(1, 2, 3)]),
        page.row([page.figure(picture, NASTY, NASTY)]),
        title=NASTY,
    )

    # Title and heading; heading and twice in the section; three in the table;
    # two facts; a class; a caption.
    assert found.texts.count(NASTY) == 2 + 3 + 3 + 2 + 1 + 1
    assert [alt for alt, _ in found.pictures] == [NASTY]
    assert found.headings == [NASTY, NASTY]


def test_a_page_for_phones_and_readers(written):
    found = written(page.element("p", "text"))

    assert 'lang="en"' in found.source
    assert 'name="viewport" content="width=device-width' in found.source
    assert found.tags.count("h1") == found.tags.count("title") == 1


def test_a_color_has_its_name(written):
    found = written(page.legend(["sky"], [(16, 0, 255)]))

    assert "background: #1000ff" in found.source
    assert found.texts[-2:] == ["sky", "unknown"]


@pytest.mark.parametrize("is_photo", [True, False])
def test_pictures_are_scaled_down(written, is_photo):
    large = np.full((30, 90, 3), (200, 30, 90), np.uint8)
    found = written(
        page.figure(page.encode_picture(large, 45, is_photo), "large"),
        page.figure(page.encode_picture(large[:9, :9], 45, is_photo), "small"),
    )

    assert found.picture("large").shape == (15, 45, 3)
    assert found.picture("small").shape == (9, 9, 3)
    off = found.picture("large").astype(int) - large[:15, :45]
    assert np.abs(off).max() <= (3 if is_photo else 0)


def test_label_pictures_get_no_new_colors():
    labels = np.random.default_rng(0).choice([0, 250], (40, 40, 1))
    labels = np.tile(labels, 3).astype(np.uint8)
    figure = page.figure(page.encode_picture(labels, 17, False), "labels")
    assert "image/png" in figure
    assert "image/jpeg" in page.figure(
        page.encode_picture(labels, 17, True), "photo"
    )


def test_names_that_are_no_text(tmp_path):
    name = b"photo\xff.jpg".decode(errors="surrogateescape")
    page.write_page(tmp_path / "page.html", name, page.element("p", name))
    assert "photo\\udcff.jpg" in HtmlPage(tmp_path / "page.html").texts


def test_a_page_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        page.write_page(tmp_path, "title")
    assert list(tmp_path.iterdir()) == []
