"""Files written whole or not at all."""

import contextlib
import pathlib
import shutil
from collections.abc import Iterator
from typing import BinaryIO

from keras_rcnn.errors import InputError


def make_folder(path: str | pathlib.Path) -> pathlib.Path:
    """The folder, made with those above it if it is not there.

    Raises:
        InputError: if it cannot be made.
    """
    path = pathlib.Path(path).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"The folder {path} cannot be made ({error.strerror}): choose "
            "another one."
        ) from error
    return path


def write_file(path: str | pathlib.Path, content: bytes) -> None:
    """Writes or replaces a file; nobody ever sees a part of it.

    Raises:
        InputError: if it cannot be written.
    """
    with file_to_write(path) as file:
        file.write(content)


def copy_file(source: pathlib.Path, path: str | pathlib.Path) -> None:
    """Copies a file of any size; nobody ever sees a part of it.

    Raises:
        InputError: if it cannot be read or written.
    """
    with file_to_write(path) as copy, source.open("rb") as original:
        shutil.copyfileobj(original, copy)


@contextlib.contextmanager
def file_to_write(path: str | pathlib.Path) -> Iterator[BinaryIO]:
    """A file to write part by part; nobody sees it before it is whole.

    It takes its place at the end of the block, and leaves nothing behind if
    the block fails. A link stays one; what is no file, such as /dev/stdout,
    is written to as it is.

    Raises:
        InputError: if it cannot be written.
    """
    named = pathlib.Path(path).expanduser()
    try:
        with _open(named) as file:
            yield file
    except OSError as error:
        raise InputError(
            f"{named} cannot be written ({error.strerror}): make room, or "
            "choose another place."
        ) from error


@contextlib.contextmanager
def _open(path: pathlib.Path) -> Iterator[BinaryIO]:
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as file:
            yield file
        return
    path = path.resolve()
    # In the same folder, as a file moves in one step on its own disk only.
    part = path.with_name(f".{path.name}.part")
    try:
        with part.open("wb") as file:
            yield file
        part.replace(path)
    finally:
        # What is not there any more, or never was, need not go.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
