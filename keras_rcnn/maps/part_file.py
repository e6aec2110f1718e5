"""Files that libraries write by name, together with files beside them."""

import contextlib
import pathlib
import tempfile
from collections.abc import Iterator

from keras_rcnn.errors import InputError


@contextlib.contextmanager
def part_file(path: pathlib.Path) -> Iterator[pathlib.Path]:
    """A path that replaces `path` at the end of the block.

    It lies in a new folder, which is deleted with all that it holds, such as
    the journal of a database. If the block fails, nothing is left.

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
