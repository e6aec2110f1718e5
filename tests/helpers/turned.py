"""EXIF data of a photo that lies on its side."""

from PIL import Image

QUARTER_TURN = Image.Exif()
# To be turned by a quarter clockwise.
QUARTER_TURN[0x0112] = 6
