"""JSON files of other programs: read whole, or refused."""

import contextlib
import json
import pathlib
from collections.abc import Iterator
from typing import Any

from keras_rcnn.errors import InputError

# Of a file with its photo, in base64, or of thousands of outlines.
_MAX_BYTES = 2**28


def read_json(path: pathlib.Path, program: str) -> Any:
    """The content of a JSON file of bounded size.

    Args:
        path: the file.
        program: name of the program that wrote it, for the error.

    Raises:
        InputError: if it is not one whole JSON file.
    """
    try:
        if path.stat().st_size > _MAX_BYTES:
            raise ValueError(f"more than {_MAX_BYTES} bytes")
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, RecursionError, ValueError) as error:
        raise InputError(
            f"{path} is not a whole JSON file ({error}): save it in {program} "
            "again, or remove it."
        ) from error


# Exceptions for content of other types and values than expected.
ODD_CONTENT = (
    ArithmeticError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


@contextlib.contextmanager
def refusing(path: pathlib.Path, program: str) -> Iterator[None]:
    """Turns errors about the content of a file into an `InputError`.

    Args:
        path: the file.
        program: name of the program that should have written it.
    """
    try:
        yield
    except InputError:
        raise
    except ODD_CONTENT as error:
        what = f"no {error}" if isinstance(error, KeyError) else error
        raise InputError(
            f"{path} is not as {program} writes it ({what}): export it again, "
            "or remove it."
        ) from error
