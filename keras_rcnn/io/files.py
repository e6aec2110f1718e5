"""Files that are written completely or not at all."""

import contextlib
import os
import pathlib
import secrets
import shutil
import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from keras_rcnn.errors import InputError


def make_folder(path: str | pathlib.Path) -> pathlib.Path:
    """Creates a folder and its parents, if they do not exist.

    Returns:
        The folder.

    Raises:
        InputError: if it cannot be created.
    """
    path = pathlib.Path(path).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except FileExistsError as error:
        raise InputError(
            f"{path} is a file: choose another name for the folder."
        ) from error
    except OSError as error:
        raise InputError(
            f"The folder {path} cannot be made ({error.strerror}): choose "
            "another one."
        ) from error
    return path


def write_file(path: str | pathlib.Path, content: bytes) -> None:
    """Writes or replaces a file, without a partial file at any time.

    Raises:
        InputError: if it cannot be written.
    """
    with file_to_write(path) as file:
        file.write(content)


def copy_file(source: pathlib.Path, path: str | pathlib.Path) -> None:
    """Copies a file of any size, without a partial file at any time.

    Raises:
        InputError: if it cannot be read or written.
    """
    with file_to_write(path) as copy, source.open("rb") as original:
        shutil.copyfileobj(original, copy)


@contextlib.contextmanager
def file_to_write(path: str | pathlib.Path) -> Iterator[BinaryIO]:
    """A file to write in parts, which appears only when it is complete.

    It replaces `path` at the end of the block. If the block fails, nothing is
    left. A symbolic link stays one. Devices and pipes, such as /dev/stdout,
    are written to directly.

    Raises:
        InputError: if it cannot be written.
    """
    named = pathlib.Path(path).expanduser()
    try:
        with _open(named) as file:
            yield file
    except OSError as error:
        raise InputError(
            f"{named} cannot be written ({error.strerror}): free some space, "
            "or choose another place."
        ) from error


@contextlib.contextmanager
def named_part(
    path: str | pathlib.Path, suffix: str = ".part"
) -> Iterator[pathlib.Path]:
    """A new, empty file that replaces `path` at the end of the block.

    For libraries that open a file by its name; `file_to_write` gives an open
    file. If the block fails, nothing is left. The name is random and the file
    did not exist before, so no link that somebody made is followed.

    Raises:
        OSError: if the file cannot be made or moved.
    """
    path = pathlib.Path(os.path.realpath(os.path.expanduser(path)))
    # In the same folder, because a move is atomic on one file system only.
    part = path.with_name(f".{secrets.token_hex(8)}{suffix}")
    try:
        part.open("xb").close()
        yield part
        part.replace(path)
    finally:
        # After the move, or if it was never made, there is no such file.
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


@contextlib.contextmanager
def part_in_folder(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A path that replaces `path` at the end of the block.

    For libraries that make a file of that name and other files beside it, such
    as the journal of a database: it lies in a new folder, which is deleted with
    all that it holds. If the block fails, nothing is left.

    Raises:
        InputError: if the folder cannot be made or the file not be moved.
    """
    try:
        with tempfile.TemporaryDirectory(
            prefix=".", dir=path.parent, ignore_cleanup_errors=True
        ) as folder:
            part = pathlib.Path(folder, path.name)
            yield part
            part.replace(path)
    except OSError as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}): free some space, "
            "or choose another place."
        ) from error


@contextlib.contextmanager
def _open(path: pathlib.Path) -> Iterator[BinaryIO]:
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as file:
            yield file
        return
    with named_part(path) as part, part.open("wb") as file:
        yield file
