"""Small text files that people write."""

import pathlib

from keras_rcnn.errors import InputError

_MAX_BYTES = 16 * 2**20


def read_text(path: pathlib.Path) -> str:
    """A text in UTF-8, with or without a byte order mark.

    Raises:
        InputError: if it cannot be read, has another encoding or is huge.
    """
    try:
        with path.open("rb") as file:
            content = file.read(_MAX_BYTES + 1)
        if len(content) > _MAX_BYTES:
            raise InputError(
                f"{path} has more than {_MAX_BYTES} bytes: it is no list that "
                "somebody wrote; put the right file there."
            )
        text = content.decode("utf-8-sig")
        if "\0" in text:
            raise ValueError("a zero byte")
    except OSError as error:
        raise InputError(
            f"{path} cannot be read ({error.strerror}): make it readable."
        ) from error
    except InputError:
        raise
    except ValueError as error:
        raise InputError(
            f"{path} is not a text in UTF-8: save it again in the encoding "
            "UTF-8 (not ANSI, Unicode or UTF-16)."
        ) from error
    return text
