"""Masks of the photos in a padded batch."""

from typing import Any

from keras import ops


class PhotoMasks:
    """Says which cells belong to a photo, at any stride.

    Maps are multiplied by these masks, so that a padded photo gets the scores
    that it gets alone, where convolutions pad with zeros.

    Args:
        images: the batch, `(batch, height, width, 3)`.
        sizes: int32 `(batch, 2)`, height and width of each photo; None if all
            fill the batch, which needs no masks.
        multiple: a photo alone is padded to a multiple of this number of
            pixels, which belong to it.
        dtype: of the masks.
    """

    def __init__(
        self, images: Any, sizes: Any, multiple: int, dtype: str
    ) -> None:
        self.shape = ops.shape(images)[1:3]
        self.ends = None if sizes is None else -(-sizes // multiple) * multiple
        self.dtype = dtype

    def at(self, stride: int) -> Any:
        """Mask `(batch, height / stride, width / stride, 1)`, or None."""
        if self.ends is None:
            return None
        inside = []
        for axis, side in enumerate(self.shape):
            starts = stride * ops.arange(side // stride)
            inside.append(starts[None] < self.ends[:, axis, None])
        rows, columns = inside
        mask = rows[:, :, None, None] & columns[:, None, :, None]
        return ops.cast(mask, self.dtype)
