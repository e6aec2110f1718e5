"""Decoders of annotation tools, copied from them.

Their packages bring Qt, OpenCV or pandas, which the tests go without. Code and
rules are those of the versions named below, shortened to what is tested.
"""

import base64
import io

import numpy as np
from PIL import Image, ImageDraw


def decode_rle(rle):
    """Opacity and colors of a brush, from label-studio-sdk 2.0.19.

    Copyright HumanSignal, Inc., Apache License 2.0. Source:
    label_studio_sdk/converter/brush.py
    """
    bits = "".join(f"{byte:08b}" for byte in rle)
    i = 0

    def read(size):
        nonlocal i
        out = bits[i : i + size]
        i += size
        return int(out, 2)

    num = read(32)
    word_size = read(5) + 1
    rle_sizes = [read(4) + 1 for _ in range(4)]
    place = 0
    out = np.zeros(num, dtype=np.uint8)
    while place < num:
        x = read(1)
        j = place + 1 + read(rle_sizes[read(2)])
        if x:
            out[place:j] = read(word_size)
            place = j
        else:
            while place < j:
                out[place] = read(word_size)
                place += 1
    return out


def shapes_to_label(img_shape, shapes, label_name_to_value):
    """Label map of masks and polygons, from labelme 5.10.1.

    Copyright Kentaro Wada, MIT License. Source: labelme/utils/shape.py
    """
    cls = np.zeros(img_shape[:2], dtype=np.int32)
    for shape in shapes:
        points = shape["points"]
        if shape["shape_type"] == "mask":
            content = io.BytesIO(base64.b64decode(shape["mask"]))
            mask = np.zeros(img_shape[:2], dtype=bool)
            (x1, y1), (x2, y2) = np.asarray(points).astype(int)
            mask[y1 : y2 + 1, x1 : x2 + 1] = np.array(
                Image.open(content)
            ).astype(bool)
        else:
            assert shape["shape_type"] == "polygon"
            canvas = Image.fromarray(np.zeros(img_shape[:2], dtype=np.uint8))
            xy = [tuple(point) for point in points]
            assert len(xy) > 2, "Polygon must have points more than 2"
            ImageDraw.Draw(canvas).polygon(xy=xy, outline=1, fill=1)
            mask = np.array(canvas, dtype=bool)
        cls[mask] = label_name_to_value[shape["label"]]
    return cls
