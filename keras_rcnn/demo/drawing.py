"""What the page's script draws, as JSON."""

import base64
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.demo.photo import Labeling, Photo, Settings
from keras_rcnn.reports import label_shares
from keras_rcnn.reports.colors import Palette


def map_value(labels: np.ndarray) -> dict[str, Any]:
    """Labels as the page's script takes them."""
    height, width = labels.shape
    content = base64.b64encode(labels.tobytes()).decode()
    return {"height": height, "width": width, "labels": content}


def class_values(
    labels: np.ndarray, class_names: Sequence[str], palette: Palette
) -> list[dict[str, Any]]:
    """The classes that are there, the largest first, for the legend."""
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
    """How large the photo is, and was while it was labeled."""
    height, width = labels.shape
    text = f"{photo.name}, {photo.width}x{photo.height} pixels"
    if (height, width) == (photo.height, photo.width):
        return text
    return f"{text}, scaled to {width}x{height}"


def speed(labeling: Labeling, settings: Settings) -> str:
    """How long the network took, and how fast that is."""
    pixels = _rounded(labeling.labels.size / labeling.seconds)
    return (
        f"Labeled at 1/{settings.output_resolution} in "
        f"{labeling.seconds:.2f} s, {pixels:,} pixels a second"
    )


def notes(
    receptive_field: int, before: np.ndarray | None, labels: np.ndarray
) -> list[str]:
    """What an instance sees, and how much it corrects of the one before."""
    sees = f"sees {receptive_field}x{receptive_field} pixels"
    if before is None:
        return [sees]
    share = 100 * np.mean(before != labels)
    return [sees, f"changes {share:.1f} % of the labels"]


def _rounded(number: float) -> int:
    """Two digits of it: more say nothing."""
    digits = max(0, len(str(int(number))) - 2)
    return int(round(number, -digits))
