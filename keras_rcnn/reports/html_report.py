"""Reports to look at: an HTML file that holds all it needs.

No scripts, nothing from elsewhere; readable on a phone. Text is escaped
wherever it goes in, so that names may hold anything.
"""

import base64
import html
import io
import pathlib
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

_VOID = {"img", "meta"}
_STYLE = """
body { font: 16px/1.45 system-ui, sans-serif; color: #1a1a1a;
  background: #fff; max-width: 70rem; margin: 0 auto; padding: 0 1rem 3rem;
  overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; } h2 { margin-top: 2.5rem; } h3 { margin-bottom: 0; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; white-space: nowrap; }
table.facts { white-space: normal; }
.facts th { font-weight: normal; }
thead th { white-space: normal; overflow-wrap: normal; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid #ccc;
  text-align: left; vertical-align: top; }
.bar { display: block; width: clamp(4.5rem, 18vw, 9rem); }
.bar span { display: block; height: .5rem; background: #0072b2;
  min-width: 1px; }
.row { display: grid; gap: .75rem; margin: .75rem 0;
  grid-template-columns: repeat(auto-fill, minmax(min(14rem, 46%), 1fr)); }
figure { margin: 0; } figcaption { font-size: .85rem; }
img { max-width: 100%; height: auto; }
.row img { width: 100%; max-height: 20rem; object-fit: contain;
  object-position: left top; }
ul.legend { list-style: none; padding: 0; }
.legend li { display: inline-block; margin-right: 1rem; }
.swatch { display: inline-block; width: 1em; height: 1em;
  border: 1px solid #333; vertical-align: -.15em; margin-right: .4em; }
li { margin: .4rem 0; }
"""


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, *content: str, **attributes: str) -> Html:
    """An element.

    Args:
        tag: its name.
        *content: what is in it, escaped unless it is HTML already.
        **attributes: of it, escaped; `class_` stands for `class`.

    >>> element("p", "a < b", element("b", "c"), class_="x")
    '<p class="x">a &lt; b<b>c</b></p>'
    """
    start = "".join(
        f' {name.rstrip("_")}="{html.escape(value)}"'
        for name, value in attributes.items()
    )
    if tag in _VOID:
        return Html(f"<{tag}{start}>")
    inside = "".join(
        part if isinstance(part, Html) else html.escape(part)
        for part in content
    )
    return Html(f"<{tag}{start}>{inside}</{tag}>")


def section(title: str, *content: str) -> Html:
    """A part of the page under a heading."""
    return element("section", element("h2", title), *content)


def table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> Html:
    """A table, which scrolls by itself where it is too wide."""
    head = [element("th", cell, scope="col") for cell in header]
    body = [
        element("tr", *(element("td", cell) for cell in row)) for row in rows
    ]
    return element(
        "div",
        element(
            "table",
            element("thead", element("tr", *head)),
            element("tbody", *body),
        ),
        class_="wide",
    )


def facts(rows: Iterable[tuple[str, str]]) -> Html:
    """Names and what there is to say of each."""
    body = [
        element("tr", element("th", name, scope="row"), element("td", text))
        for name, text in rows
    ]
    return element("table", element("tbody", *body), class_="facts")


def bar(part: float, text: str) -> Html:
    """A part of 1 as a text and a bar.

    >>> bar(0.25, "1/4")
    '<span class="bar">1/4<span style="width: 25.0%"></span></span>'
    """
    line = element("span", style=f"width: {100 * part:.1f}%")
    return element("span", text, line, class_="bar")


def swatch(color: Sequence[int], name: str) -> Html:
    """A class by its color and name."""
    square = element(
        "span", class_="swatch", style=f"background: #{bytes(color).hex()}"
    )
    return element("span", square, name)


def legend(
    class_names: Sequence[str], palette: Sequence[Sequence[int]]
) -> Html:
    """What the colors in label pictures mean."""
    from keras_rcnn.reports import UNKNOWN_COLOR

    named = [
        *zip(palette, class_names, strict=True),
        (UNKNOWN_COLOR, "unknown"),
    ]
    items = [element("li", swatch(*each)) for each in named]
    return element("ul", *items, class_="legend")


def encode_picture(picture: np.ndarray, side: int, is_photo: bool) -> bytes:
    """A picture as a file, scaled down.

    Args:
        picture: uint8 `(height, width, 3)`.
        side: longest one, in pixels, that the file may have.
        is_photo: JPEG for photos; PNG, which keeps edges, for others.
    """
    image = Image.fromarray(picture)
    smooth = Image.Resampling.BOX if is_photo else Image.Resampling.NEAREST
    if max(image.size) > side:
        factor = side / max(image.size)
        width, height = (max(1, round(factor * each)) for each in image.size)
        image = image.resize((width, height), smooth)
    content = io.BytesIO()
    if is_photo:
        image.save(content, "JPEG", quality=80)
    else:
        image.save(content, "PNG", optimize=True)
    return content.getvalue()


def figure(content: bytes, alt: str, caption: str = "") -> Html:
    """A picture in the page.

    Args:
        content: JPEG or PNG file.
        alt: what it shows, for those who do not see it.
        caption: to stand below it, if any.
    """
    kind = "png" if content.startswith(b"\x89PNG") else "jpeg"
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
    data = base64.b64encode(content).decode()
    picture = element(
        "img",
        src=f"data:image/{kind};base64,{data}",
        alt=alt,
        width=str(width),
        height=str(height),
    )
    below = [element("figcaption", caption)] if caption else []
    return element("figure", picture, *below)


def row(figures: Iterable[Html]) -> Html:
    """Pictures beside each other, as many as there is room for."""
    return element("div", *figures, class_="row")


def write_page(path: str | pathlib.Path, title: str, *content: str) -> None:
    """Writes the page, whole or not at all.

    Raises:
        InputError: if the file cannot be written.
    """
    from keras_rcnn.io.files import write_file

    head = element(
        "head",
        element("meta", charset="utf-8"),
        element(
            "meta",
            name="viewport",
            content="width=device-width, initial-scale=1",
        ),
        element("title", title),
        element("style", Html(_STYLE)),
    )
    body = element("body", element("main", element("h1", title), *content))
    page = f"<!DOCTYPE html>\n{element('html', head, body, lang='en')}\n"
    # A file name can hold what is no text.
    write_file(path, page.encode("utf-8", "backslashreplace"))
