"""A finding about a data set."""

import dataclasses

from keras_rcnn.errors import printable


@dataclasses.dataclass(frozen=True)
class Finding:
    """An error or a note about a data set.

    Args:
        text: one line that says how to fix it.
        photos: numbers of the photos that it is about.
        is_error: whether it stops training.
    """

    text: str
    photos: tuple[int, ...] = ()
    is_error: bool = False

    def __post_init__(self) -> None:
        # Names of files may hold anything.
        object.__setattr__(self, "text", printable(self.text))
