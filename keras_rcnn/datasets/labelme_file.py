"""JSON files of labelme: the shapes drawn on one photo."""

import base64
import dataclasses
import math
import pathlib
from collections.abc import Mapping
from typing import Any

import numpy as np
from PIL import Image, ImageDraw, UnidentifiedImageError

from keras_rcnn.errors import InputError, printable
from keras_rcnn.io.json_files import read_json
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.pictures import UNREADABLE, open_picture

# Pixels, as in labelme's own conversion to label maps.
_LINE_WIDTH = 10
# Pixels: larger coordinates and sizes are taken for errors.
_MAX_COORDINATE = 100_000
_WITHOUT_AREA = {"point", "points"}
_MIN_POINTS = {
    "circle": 2,
    "line": 2,
    "linestrip": 2,
    "mask": 1,
    "oriented_rectangle": 4,
    "point": 1,
    "points": 1,
    "polygon": 3,
    "rectangle": 2,
}


@dataclasses.dataclass(frozen=True)
class Shape:
    """One shape.

    Args:
        label: name that the annotator gave it.
        kind: labelme's `shape_type`.
        points: distances in pixels from the left and from the top.
        mask: for the kind `mask`, a PNG file whose upper left corner is at the
            first point. It is decoded when it is drawn, because it may take
            far more memory then.
    """

    label: str
    kind: str
    points: tuple[tuple[float, float], ...]
    mask: bytes = b""


@dataclasses.dataclass(frozen=True)
class LabelmeFile:
    """Content of a file, without the photo that may be embedded in it.

    Args:
        path: of the file.
        photo: path of the photo, relative to the folder of the file.
        has_photo: whether the photo is embedded in the file.
        size: height and width of the upright photo in pixels; None in old
            files, which do not have it.
        shapes: shapes with an area; later ones cover earlier ones.
        num_points: number of shapes without area.
    """

    path: pathlib.Path
    photo: pathlib.PurePath
    has_photo: bool
    size: tuple[int, int] | None
    shapes: tuple[Shape, ...]
    num_points: int

    def draw(
        self, size: tuple[int, int], label_of: Mapping[str, int], elsewhere: int
    ) -> np.ndarray:
        """The label of each pixel, uint8 `(height, width)`.

        Args:
            size: height and width to draw at, in pixels.
            label_of: label of each name; pixels of other names are unknown.
            elsewhere: label of pixels outside all shapes.

        Raises:
            InputError: if a mask among the shapes is broken.
        """
        labels = Image.new("L", size[::-1], elsewhere)
        for shape in self.shapes:
            label = label_of.get(shape.label, IGNORE_LABEL)
            try:
                _draw(labels, shape, label)
            except UNREADABLE as error:
                is_foreign = isinstance(error, UnidentifiedImageError)
                what = "no PNG file" if is_foreign else error
                raise _not_by_labelme(
                    self.path, f"a broken mask, {what}"
                ) from error
        return np.array(labels)


def read_labelme_file(path: pathlib.Path) -> LabelmeFile:
    """Reads a file of labelme 3 to 7.

    Raises:
        InputError: if it is something else, with how to fix it.
    """
    content = _read_json(path)
    try:
        drawn = [_shape(shape) for shape in content["shapes"]]
        # On Windows folders end in a backslash.
        photo = pathlib.PureWindowsPath(content["imagePath"]).as_posix()
        size = _size(content.get("imageHeight"), content.get("imageWidth"))
    except (
        AttributeError,
        KeyError,
        OverflowError,
        TypeError,
        ValueError,
    ) as error:
        what = f"no {error}" if isinstance(error, KeyError) else error
        raise _not_by_labelme(path, what) from error
    with_area = [shape for shape in drawn if shape.kind not in _WITHOUT_AREA]
    return LabelmeFile(
        path=path,
        photo=pathlib.PurePath(photo),
        has_photo=bool(content.get("imageData")),
        size=size,
        shapes=tuple(with_area),
        num_points=len(drawn) - len(with_area),
    )


def embedded_photo(path: pathlib.Path) -> bytes:
    """The photo embedded in a file, as the bytes of its own file.

    Raises:
        InputError: if it is broken.
    """
    content = _read_json(path)
    try:
        return base64.b64decode(content["imageData"])
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{path} holds a broken imageData ({error}): put the photo beside "
            "it."
        ) from error


def _read_json(path: pathlib.Path) -> dict[str, Any]:
    content = read_json(path, "labelme")
    if not isinstance(content, dict) or "shapes" not in content:
        raise InputError(
            f"{path} has no shapes, so labelme did not write it: remove it "
            "(from CVAT, export `Segmentation mask 1.1` instead of JSON)."
        )
    return content


def _size(height: Any, width: Any) -> tuple[int, int] | None:
    if height is None and width is None:
        return None
    size = int(height), int(width)
    if not all(1 <= side <= _MAX_COORDINATE for side in size):
        raise ValueError(f"{width}x{height} pixels")
    return size


def _shape(drawn: dict[str, Any]) -> Shape:
    kind = drawn.get("shape_type") or "polygon"
    label = drawn["label"]
    if not isinstance(label, str):
        raise ValueError(f"a label {label!r} that is no text")
    label = " ".join(label.split())
    if printable(label) != label:
        raise ValueError(f"a label {label!r} with control characters")
    points = tuple((float(x), float(y)) for x, y in drawn["points"])
    if not label:
        raise ValueError(f"a {kind} without a label")
    if kind not in _MIN_POINTS:
        raise ValueError(f"a shape of the type {kind!r}")
    if len(points) < _MIN_POINTS[kind]:
        raise ValueError(f"a {kind} {label!r} of {len(points)} points")
    for place in np.ravel(points).tolist():
        if not math.isfinite(place) or abs(place) > _MAX_COORDINATE:
            raise ValueError(f"a {kind} {label!r} with a point at {place}")
    mask = base64.b64decode(drawn["mask"]) if kind == "mask" else b""
    return Shape(label, kind, points, mask)


def _decoded_mask(content: bytes, size: tuple[int, int]) -> Image.Image:
    """A mask of 0 and 255, no wider or higher than a size."""
    with open_picture("a mask", content, ("PNG",)) as picture:
        if picture.width > size[0] or picture.height > size[1]:
            raise ValueError("larger than the photo")
        if picture.mode not in ("1", "L", "P"):
            raise ValueError(f"in color, {picture.mode}")
        values = np.asarray(picture)
    return Image.fromarray((values != 0).view(np.uint8) * np.uint8(255))


def _not_by_labelme(path: pathlib.Path, what: object) -> InputError:
    return InputError(
        f"{path} is not as labelme writes it ({what}): open it in labelme and "
        "save it again, or remove it."
    )


def _draw(labels: Image.Image, shape: Shape, label: int) -> None:
    pencil = ImageDraw.Draw(labels)
    points = list(shape.points)
    if shape.kind == "mask":
        corner = round(points[0][0]), round(points[0][1])
        labels.paste(label, corner, _decoded_mask(shape.mask, labels.size))
    elif shape.kind == "rectangle":
        corners = np.min(points, axis=0), np.max(points, axis=0)
        pencil.rectangle(np.ravel(corners).tolist(), fill=label)
    elif shape.kind == "circle":
        pencil.circle(points[0], math.dist(points[0], points[1]), fill=label)
    elif shape.kind in ("line", "linestrip"):
        pencil.line(points, fill=label, width=_LINE_WIDTH, joint="curve")
    else:
        pencil.polygon(points, fill=label, outline=label)
