"""Copies of photos, which annotation tools want beside the labels."""

import pathlib

from keras_rcnn.io.images import PHOTO_SUFFIXES


def copy_name(photo: pathlib.Path, name: str) -> str:
    """File name of the copy of a photo.

    Args:
        photo: its file.
        name: what the photo is called, without suffix.

    >>> copy_name(pathlib.Path("holiday/A.JPG"), "A_2")
    'A_2.JPG'
    """
    is_known = photo.suffix.lower() in PHOTO_SUFFIXES
    # Programs that open photos go by what is in them.
    return name + (photo.suffix if is_known else ".jpg")
