"""The folder that `label` writes into."""

import contextlib
import os
import pathlib
from collections.abc import Iterator

from keras_rcnn.io.files import make_folder


@contextlib.contextmanager
def folder_to_fill(path: str) -> Iterator[pathlib.Path]:
    """A folder that is left only if it was there or files were written into it.

    The same holds for its parents.

    Raises:
        InputError: if it cannot be made.
    """
    folder = pathlib.Path(path).expanduser()
    made = [
        each for each in (folder, *folder.parents) if not os.path.lexists(each)
    ]
    try:
        yield make_folder(folder)
    finally:
        with contextlib.suppress(OSError):
            for each in made:
                each.rmdir()
