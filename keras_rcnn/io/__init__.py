"""Files and pictures, read and written whole or not at all.

Functions for pictures are imported when they are first used, so that the
modules for files stay free of NumPy.
"""

from keras_rcnn import lazy_names

__all__ = ["encode_png", "read_image", "scale_down", "write_png"]
__getattr__ = lazy_names(__name__, dict.fromkeys(__all__, "images"))
