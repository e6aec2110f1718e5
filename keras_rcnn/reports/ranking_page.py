"""Photos in the order in which to label them, as an HTML page."""

import pathlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from keras_rcnn.errors import printable
from keras_rcnn.labeling.photo_ranking import UnknownPixels
from keras_rcnn.reports.color_blind import color_blind_safe
from keras_rcnn.reports.colors import Palette, heat_map, overlay
from keras_rcnn.reports.page_picture import PagePicture, encode_picture
from keras_rcnn.reports.rendering import percent, write_page

_SIDE = 320


class RankedPhoto(NamedTuple):
    """A photo to show.

    Args:
        name: path of the photo.
        image: uint8 `(height, width, 3)`.
        unknown: what the model does not know about it.
    """

    name: str
    image: np.ndarray
    unknown: UnknownPixels


def write_ranking_page(
    path: str | pathlib.Path,
    photos: Iterable[RankedPhoto],
    class_names: Sequence[str],
    palette: Palette,
    about: Mapping[str, str],
) -> None:
    """Writes the page as one HTML file.

    Args:
        path: file to write.
        photos: the first ones, in order; each is drawn before the next one is
            taken.
        class_names: of the model.
        palette: red, green and blue of each class.
        about: the model and the number of photos.

    Raises:
        InputError: if it cannot be written.
    """
    colors = color_blind_safe(palette)
    write_page(
        path,
        "ranking.html",
        title="Photos to label next",
        summary={name: printable(text) for name, text in about.items()},
        classes=list(zip(class_names, colors, strict=True)),
        photos=[
            (
                printable(photo.name),
                percent(float(photo.unknown.uncertainty.mean())),
                percent(float(photo.unknown.disagreement.mean())),
                list(_pictures(photo, colors)),
            )
            for photo in photos
        ],
        heat=[
            (f"{25 * n} %", tuple(heat_map(np.full((1, 1), n / 4))[0, 0]))
            for n in range(5)
        ],
    )


def _pictures(photo: RankedPhoto, colors: Palette) -> Iterator[PagePicture]:
    unknown = photo.unknown
    for what, picture in (
        ("photo", photo.image),
        ("labels", overlay(photo.image, unknown.labels, colors, 0.65)),
        ("uncertainty", heat_map(unknown.uncertainty)),
        ("disagreement", heat_map(unknown.disagreement)),
    ):
        content = encode_picture(picture, _SIDE, True)
        yield PagePicture(content, f"{what} of {printable(photo.name)}", what)
