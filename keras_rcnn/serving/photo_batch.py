"""Photos that clients send, and labels that they receive."""

from collections.abc import Iterable, Sequence

import numpy as np

from keras_rcnn.io.pictures import open_picture
from keras_rcnn.serving.request_error import RequestError


def checked_files(files: Sequence[bytes]) -> list[bytes]:
    """Checks the contents of files before they are sent.

    Raises:
        RequestError: if there are none, or one is not bytes.
    """
    if not len(files):
        raise RequestError(
            "There are no photos: give the contents of one file or more."
        )
    for index, content in enumerate(files):
        if not isinstance(content, bytes):
            raise RequestError(
                f"image_bytes[{index}] is {type(content).__name__}: give the "
                "contents of a file, pathlib.Path(name).read_bytes()."
            )
    return list(files)


def read_labels(files: Iterable[bytes]) -> list[np.ndarray]:
    """Returns the labels of each photo, uint8 `(height, width)`.

    Args:
        files: contents of PNG files whose values are labels.
    """
    labels = []
    for file in files:
        with open_picture("labels.png", file, ("PNG",)) as image:
            labels.append(np.asarray(image))
    return labels
