"""Photos as clients send them, labels as they get them."""

import io
from collections.abc import Iterable, Sequence

import numpy as np
from PIL import Image

from keras_rcnn.serving.request_error import RequestError


def checked_files(files: Sequence[bytes]) -> list[bytes]:
    """The contents of files, before they are sent.

    Raises:
        RequestError: if there are none, or names of files are among them.
    """
    if not len(files):
        raise RequestError(
            "There are no photos: give the contents of one file or more."
        )
    for index, content in enumerate(files):
        if not isinstance(content, bytes):
            raise RequestError(
                f"image_bytes[{index}] is no JPEG or PNG file: give its "
                "contents, as pathlib.Path(name).read_bytes() does."
            )
    return list(files)


def read_labels(files: Iterable[bytes]) -> list[np.ndarray]:
    """Labels of each photo, uint8 `(height, width)`.

    Args:
        files: PNG files whose values are labels.
    """
    return [np.asarray(Image.open(io.BytesIO(file))) for file in files]
