"""An HTML page as Python's own parser reads it."""

import base64
import html.parser
import io

import numpy as np
from PIL import Image

VOID = {"img", "meta", "br", "hr", "input", "link"}
RESOURCES = {"src", "href", "data", "srcset", "poster", "action"}


class HtmlPage(html.parser.HTMLParser):
    """Texts, tags and pictures of a page that is well formed.

    Fails if a tag is closed that is not open, or left open, if there is a
    script, or if anything has to be fetched.
    """

    def __init__(self, path):
        super().__init__(convert_charrefs=True)
        self.texts = []
        self.pictures = []
        self.tags = []
        self.headings = []
        self._open = []
        self.source = path.read_text(encoding="utf-8")
        self.feed(self.source)
        self.close()
        assert self._open == []
        assert self.source.startswith("<!DOCTYPE html>\n<html lang=")

    @property
    def text(self):
        return "\n".join(self.texts)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        attributes = dict(attrs)
        assert tag not in {"script", "link", "iframe"}
        for name in RESOURCES & set(attributes):
            assert attributes[name].startswith("data:image/")
        assert not any(name.startswith("on") for name in attributes)
        assert "url(" not in attributes.get("style", "")
        if tag == "img":
            assert attributes["alt"].strip()
            self.pictures.append((attributes["alt"], attributes["src"]))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, data):
        if "style" in self._open:
            assert "url(" not in data
            assert "@import" not in data
        elif data.strip():
            self.texts.append(data)
            if self._open[-1] in {"h1", "h2", "h3"}:
                self.headings.append(data)

    def picture(self, alt):
        """The pixels of the picture with that text, the first of them."""
        source = next(source for text, source in self.pictures if text == alt)
        content = base64.b64decode(source.partition(",")[2], validate=True)
        with Image.open(io.BytesIO(content)) as image:
            return np.asarray(image.convert("RGB"))
