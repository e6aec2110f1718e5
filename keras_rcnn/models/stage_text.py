"""Hidden stages written as a line of text."""

import re

from keras_rcnn.errors import InputError
from keras_rcnn.layers.stage import Stage

_STAGE = re.compile(r"([1-9]\d*)x([1-9]\d*)(?:p([1-9]\d*))?")


def parse_stages(text: str) -> tuple[Stage, ...]:
    """Reads stages such as `25x8p2,50x8`.

    Args:
        text: stages separated by commas, each `FILTERSxKERNEL` or
            `FILTERSxKERNELpPOOL`: the number of filters, the side of the
            kernel and the side of the max-pooling, in pixels.

    Raises:
        InputError: if a part is not a stage.

    >>> parse_stages("25x8p2,50x8")  # doctest: +NORMALIZE_WHITESPACE
    (Stage(filters=25, kernel_size=8, pool_size=2),
     Stage(filters=50, kernel_size=8, pool_size=1))
    """
    stages = []
    for part in text.split(","):
        match = _STAGE.fullmatch(part.strip())
        if match is None:
            raise InputError(
                f"stages={text!r}: {part!r} is not a stage; write 25x8 for 25 "
                "filters of 8x8 pixels, and 25x8p2 with max-pooling over 2x2."
            )
        filters, kernel_size, pool_size = match.groups(default="1")
        stages.append(Stage(int(filters), int(kernel_size), int(pool_size)))
    return tuple(stages)
