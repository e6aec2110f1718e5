"""What the page's script draws, as JSON."""

import base64
import io
from collections.abc import Sequence
from typing import Any

import numpy as np
from PIL import Image

from demo_page.photo import Labeling, Photo, Settings
from keras_rcnn.visualization import label_shares
from keras_rcnn.visualization.colours import Palette


def map_value(labels: np.ndarray) -> dict[str, Any]:
    """Labels as the page's script takes them."""
    height, width = labels.shape
    content = base64.b64encode(labels.tobytes()).decode()
    return {"height": height, "width": width, "labels": content}


def photo_url(photo: Photo) -> str:
    """The photo as the page shows it, in an address of its own."""
    content = io.BytesIO()
    Image.fromarray(photo.shown).save(content, "JPEG", quality=88)
    return (
        "data:image/jpeg;base64,"
        + base64.b64encode(content.getvalue()).decode()
    )


def class_values(
    labels: np.ndarray, class_names: Sequence[str], palette: Palette
) -> list[dict[str, Any]]:
    """The classes that are there, the largest first, for the legend."""
    shares = label_shares(labels, len(class_names))
    return [
        {
            "index": int(index),
            "name": class_names[index],
            "colour": list(palette[index]),
            "share": float(shares[index]),
        }
        for index in np.argsort(-shares, kind="stable")
        if shares[index]
    ]


def facts(photo: Photo, labeling: Labeling, settings: Settings) -> str:
    """How large, how long, how fast, in a sentence."""
    height, width = labeling.labels.shape
    size = f"{photo.width}x{photo.height} pixels"
    if (height, width) != (photo.height, photo.width):
        size += f", scaled to {width}x{height}"
    speed = _rounded(height * width / labeling.seconds)
    return (
        f"{photo.name}, {size}: labelled at 1/{settings.output_resolution} "
        f"in {labeling.seconds:.2f} s, {speed:,} pixels a second"
    )


def note(
    receptive_field: int, before: np.ndarray | None, labels: np.ndarray
) -> str:
    """What an instance sees, and how much it corrects of the one before."""
    sees = f"sees {receptive_field}x{receptive_field} pixels"
    if before is None:
        return sees
    share = 100 * np.mean(before != labels)
    return f"{sees}, changes {share:.1f} % of the labels"


def _rounded(speed: float) -> int:
    """Two digits of it: more say nothing."""
    digits = max(0, len(str(int(speed))) - 2)
    return int(round(speed, -digits))
