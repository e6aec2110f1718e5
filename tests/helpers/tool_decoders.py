"""What annotation tools read in files, by the rules of their formats.

Their packages bring Qt, OpenCV or pandas, which the tests go without.
"""

import base64
import io
import itertools

import numpy as np
from PIL import Image, ImageDraw


def brush_values(code):
    """Values of a brush of Label Studio, in the format of rle-pack.

    A header says how many values there are, how many bits a value has, and
    the four sizes of a length. Blocks follow: a bit that says whether one value
    is repeated, the number of one of the sizes, the length, and the values.
    """
    bits = itertools.chain.from_iterable(
        (byte >> place & 1 for place in range(7, -1, -1)) for byte in code
    )

    def number(size):
        return sum(next(bits) << place for place in reversed(range(size)))

    count, value_size = number(32), number(5) + 1
    length_sizes = [number(4) + 1 for _ in range(4)]
    values = []
    while len(values) < count:
        repeated = number(1)
        length = number(length_sizes[number(2)]) + 1
        if repeated:
            values += [number(value_size)] * length
        else:
            values += [number(value_size) for _ in range(length)]
    return np.array(values, np.uint8)


def labels_of_shapes(size, shapes, values):
    """Label map of shapes of labelme: each covers those before it.

    A mask is a PNG file whose corner lies at the first point. The outline
    belongs to a polygon.
    """
    labels = Image.new("I", size[::-1])
    for shape in shapes:
        value = values[shape["label"]]
        if shape["shape_type"] == "mask":
            file = io.BytesIO(base64.b64decode(shape["mask"]))
            corner = tuple(int(place) for place in shape["points"][0])
            labels.paste(value, corner, Image.open(file).convert("1"))
        else:
            assert shape["shape_type"] == "polygon"
            corners = [tuple(point) for point in shape["points"]]
            assert len(corners) >= 3
            ImageDraw.Draw(labels).polygon(corners, fill=value, outline=value)
    return np.asarray(labels)
