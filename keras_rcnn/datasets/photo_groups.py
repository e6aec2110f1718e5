"""Groups of photos, such as frames of one video, that no split divides."""

import dataclasses
import posixpath
import re

import numpy as np
import tqdm

from keras_rcnn.datasets.layout import FolderLayout
from keras_rcnn.datasets.near_duplicates import (
    SIMILARITY,
    find_near_duplicates,
    groups_of,
    thumbnail,
)
from keras_rcnn.errors import InputError

GROUPINGS = ("folder", "prefix", "near_duplicates")


def group_photos(layout: FolderLayout, group_by: str) -> FolderLayout:
    """The same folder with the group of each photo.

    Groups by folder and by prefix never change when photos are added. A group
    of near-duplicates has the name of its first photo, so that added photos
    change it only if one of them comes first by name or joins two groups.

    Args:
        layout: without a list of test photos.
        group_by: `folder`, the folder of the photo; `prefix`, its name without
            the last number and what follows, `seq1` for `seq1_0007.jpg`; or
            `near_duplicates`, for which all photos are read.

    Raises:
        InputError: if there is no such grouping, if the folder lists its test
            photos, or if there is one group only.
    """
    if group_by not in GROUPINGS:
        raise InputError(
            f"There is no group_by={group_by}: choose one of "
            f"{', '.join(GROUPINGS)}."
        )
    if layout.test_names is not None:
        raise InputError(
            "The folder lists its test photos in ImageSets/Segmentation: leave "
            f"group_by={group_by} out, or delete that folder."
        )
    names = [photo.name for photo in layout.photos]
    if group_by == "folder":
        groups = [posixpath.dirname(name) + "/" for name in names]
    elif group_by == "prefix":
        groups = [name_prefix(name) for name in names]
    else:
        groups = _near_duplicates(layout)
    if len(set(groups)) < 2 <= len(names):
        raise InputError(
            f"group_by={group_by} makes one group of all {len(names)} photos, "
            "and at least two are needed, one to train and one to test: choose "
            f"another of {', '.join(GROUPINGS)}, or leave it out."
        )
    photos = [
        dataclasses.replace(photo, group=group)
        for photo, group in zip(layout.photos, groups, strict=True)
    ]
    return dataclasses.replace(layout, photos=photos)


def name_prefix(name: str) -> str:
    """A name without its last number and what follows.

    >>> [name_prefix(n) for n in ("a/seq1_0007", "0016E5_07959", "12", "home")]
    ['a/seq1', '0016E5', '', 'home']
    """
    folder, _, file = name.rpartition("/")
    prefix = re.sub(r"[\W_]*\d+\D*$", "", file)
    return f"{folder}/{prefix}" if folder else prefix


def _near_duplicates(layout: FolderLayout) -> list[str]:
    thumbnails = []
    for photo in tqdm.tqdm(
        layout.photos, "Comparing photos", unit="photo", disable=None
    ):
        try:
            thumbnails.append(thumbnail(layout.read_photo(photo.image)))
        except InputError:
            # Whoever needs the photo names the error.
            thumbnails.append(thumbnail(np.zeros((1, 1, 3), np.uint8)))
    groups = [photo.name for photo in layout.photos]
    pairs = find_near_duplicates(np.array(thumbnails), SIMILARITY)
    for members in groups_of(pairs, len(groups)):
        for member in members:
            groups[member] = groups[members[0]]
    return groups
