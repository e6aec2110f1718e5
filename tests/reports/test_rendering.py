"""Pages for phones and screen readers, in which names may be anything."""

import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.reports.rendering import write_page
from tests.helpers.html_page import HtmlPage


def test_a_page_for_phones_and_readers(tmp_path):
    write_page(tmp_path / "page.html", "page.html", title="A <b> title")
    found = HtmlPage(tmp_path / "page.html")

    assert 'lang="en"' in found.source
    assert 'name="viewport" content="width=device-width' in found.source
    assert found.tags.count("h1") == found.tags.count("title") == 1
    assert found.texts == ["A <b> title"] * 2


def test_names_that_are_no_text(tmp_path):
    name = b"photo\xff.jpg".decode(errors="surrogateescape")
    write_page(tmp_path / "page.html", "page.html", title=name)
    assert "photo\\udcff.jpg" in HtmlPage(tmp_path / "page.html").texts


def test_a_page_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        write_page(tmp_path, "page.html", title="title")
    assert list(tmp_path.iterdir()) == []
