"""Properties of photos that are often mistakes."""

import pathlib

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.images import open_photo

# Formats whose further pages are pictures of their own; the second picture of
# an MPO file, for example, is a preview.
_PAGED = {"GIF", "PNG", "TIFF", "WEBP"}
# Of 255. Few photos have no brighter pixel, even those that are taken at night.
_DARK = 64


def photo_notes(
    path: str | pathlib.Path, image: np.ndarray | None = None
) -> list[str]:
    """Notes on a photo that may show something else than people expect.

    Args:
        path: of the photo.
        image: its pixels, uint8 `(height, width, 3)`, if they were read.
    """
    notes = []
    try:
        with open_photo(path) as photo:
            if photo.format in _PAGED and getattr(photo, "n_frames", 1) > 1:
                notes.append(
                    f"{path} has several pages, of which the first is read: "
                    "save the others as files of their own."
                )
            if photo.format == "TIFF" and photo.mode == "RGBA":
                opacity = np.asarray(photo.getchannel("A"))
                if np.mean((opacity > 0) & (opacity < 255)) > 0.5:
                    notes.append(
                        f"{path} has a fourth band, which is read as opacity "
                        "and lightens the photo: if the band holds data, such "
                        "as near infrared, save the photo without it."
                    )
    except InputError:
        return []  # There is an error for it already.
    if image is not None and image.max() < _DARK:
        notes.append(
            f"{path} is nearly black, no value is above {image.max()} of 255: "
            "if its values use only a part of the range, as 12 bits in a file "
            "of 16 do, scale them to the whole range."
        )
    return notes
