"""Values for the script of the page, ready for JSON."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.demo.photo import Labeling, Photo, Settings
from keras_rcnn.reports import label_shares
from keras_rcnn.reports.colors import Palette


def map_value(labels: np.ndarray) -> dict[str, Any]:
    """Labels as the script reads them."""
    height, width = labels.shape
    content = base64.b64encode(labels.tobytes()).decode()
    return {"height": height, "width": width, "labels": content}


def class_values(
    labels: np.ndarray, class_names: Sequence[str], palette: Palette
) -> list[dict[str, Any]]:
    """The classes in the labels, the largest first, for the legend."""
    shares = label_shares(labels, len(class_names))
    return [
        {
            "index": int(index),
            "name": class_names[index],
            "color": list(palette[index]),
            "share": float(shares[index]),
        }
        for index in np.argsort(-shares, kind="stable")
        if shares[index]
    ]


def sizes(photo: Photo, labels: np.ndarray) -> str:
    """States the size of the photo, and its size when it was labeled."""
    height, width = labels.shape
    text = f"{photo.name}, {photo.width}x{photo.height} pixels"
    if (height, width) == (photo.height, photo.width):
        return text
    return f"{text}, scaled to {width}x{height}"


def speed(labeling: Labeling, settings: Settings) -> str:
    """States the time that the network took, and its speed."""
    # Two digits are the precision of the measurement.
    pixels = round(float(f"{labeling.labels.size / labeling.seconds:.2g}"))
    return (
        f"Labeled at 1/{settings.output_resolution} in "
        f"{labeling.seconds:.2f} s, {pixels:,} pixels a second"
    )


def notes(
    receptive_field: int, before: np.ndarray | None, labels: np.ndarray
) -> list[str]:
    """States what an instance sees and how many labels it changes."""
    sees = f"sees {receptive_field}x{receptive_field} pixels"
    if before is None:
        return [sees]
    share = 100 * np.mean(before != labels)
    return [sees, f"changes {share:.1f} % of the labels"]
