"""Converts docstrings to Markdown for the site."""

import re
from typing import Any

import griffe

_EXAMPLE = re.compile(r"^>>> .*?(?=\n\s*\n|\Z)", re.MULTILINE | re.DOTALL)
_CALL = re.compile(r"(?<=^Call arguments:\n)(?:    .*\n)+", re.MULTILINE)
_ARGUMENT = re.compile(r"^    (\w+): ", re.MULTILINE)


class Docstrings(griffe.Extension):
    """Converts what Markdown would misread."""

    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        """Converts the docstring of an object."""
        if obj.docstring is not None:
            obj.docstring.value = as_markdown(obj.docstring.value)


def as_markdown(text: str) -> str:
    r"""Puts examples into fences and call arguments into a list.

    >>> as_markdown("Adds.\n\n>" + ">> 1 + 1\n2")
    'Adds.\n\n```pycon\n>>> 1 + 1\n2\n```'
    >>> as_markdown("Adds.\n\nCall arguments:\n    a: number.\n")
    'Adds.\n\nCall arguments:\n    - `a`: number.\n'
    """
    text = _CALL.sub(
        lambda match: _ARGUMENT.sub(r"    - `\1`: ", match[0]), text
    )
    return _EXAMPLE.sub(lambda match: f"```pycon\n{match[0]}\n```", text)
