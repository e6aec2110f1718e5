"""HTML pages and Markdown files from the templates in this package."""

import pathlib
import textwrap
from typing import Any

from keras_rcnn.errors import missing_extra
from keras_rcnn.io.files import write_file

try:
    import jinja2
except ModuleNotFoundError as error:
    raise missing_extra("A report", "reports") from error


def render(template: str, **values: Any) -> str:
    """Fills a template; HTML templates escape all values.

    Args:
        template: name of a file in the folder `templates`.
        **values: variables of the template.
    """
    environment = jinja2.Environment(
        loader=jinja2.PackageLoader("keras_rcnn.reports"),
        autoescape=jinja2.select_autoescape(["html"]),
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters |= {"percent": percent, "hex": _hex, "fill": _fill}
    return environment.get_template(template).render(values)


def write_page(path: str | pathlib.Path, template: str, **values: Any) -> None:
    """Writes a page, whole or not at all: one file that needs no other file.

    Args:
        path: file to write.
        template: name of a file in the folder `templates`.
        **values: variables of the template, `title` among them.

    Raises:
        InputError: if the file cannot be written.
    """
    page = render(template, **values)
    # File names may contain bytes that are not valid text.
    write_file(path, page.encode("utf-8", "backslashreplace"))


def percent(fraction: float, digits: int = 1) -> str:
    """A fraction in percent; a dash stands for NaN.

    >>> percent(0.25), percent(float("nan"))
    ('25.0 %', '-')
    """
    return "-" if fraction != fraction else f"{100 * fraction:.{digits}f} %"


def _hex(color: tuple[int, int, int]) -> str:
    return f"#{bytes(color).hex()}"


def _fill(text: str) -> str:
    """A paragraph in lines of 80 characters."""
    return textwrap.fill(text.strip(), 80, break_on_hyphens=False)
