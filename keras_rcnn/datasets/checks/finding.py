"""One thing to look at in a data set."""

import dataclasses


@dataclasses.dataclass(frozen=True)
class Finding:
    """Something to look at.

    Args:
        text: one line, with the mend.
        photos: numbers of the photos that it is about.
        is_error: whether it stops training.
    """

    text: str
    photos: tuple[int, ...] = ()
    is_error: bool = False
