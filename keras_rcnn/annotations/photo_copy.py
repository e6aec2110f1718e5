"""Copies of photos, which annotation tools need beside the labels."""

import pathlib

from keras_rcnn.io.images import PHOTO_SUFFIXES


def copy_name(photo: pathlib.Path, name: str) -> str:
    """File name of the copy of a photo.

    Args:
        photo: its file.
        name: name of the copy, without suffix.

    >>> copy_name(pathlib.Path("holiday/A.JPG"), "A_2")
    'A_2.JPG'
    """
    is_known = photo.suffix.lower() in PHOTO_SUFFIXES
    # Programs recognize the format of a photo by its content.
    return name + (photo.suffix if is_known else ".jpg")
