"""What a label map holds besides the classes."""

IGNORE_LABEL = 255
"""The label of a pixel of unknown class: it neither trains nor counts."""

UNKNOWN_COLOR = (0, 0, 0)
"""Red, green and blue of pixels of unknown class in pictures."""
