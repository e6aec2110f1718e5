"""Files and pictures, read and written whole or not at all.

Functions for pictures are imported when they are first used, so that the
modules for files stay free of NumPy.
"""

import importlib
from typing import Any

__all__ = ["encode_png", "read_image", "scale_down", "write_png"]


def __getattr__(name: str) -> Any:
    if name in __all__:
        images = importlib.import_module("keras_rcnn.io.images")
        return getattr(images, name)
    raise AttributeError(f"module 'keras_rcnn.io' has no attribute {name!r}")
