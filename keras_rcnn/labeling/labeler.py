"""The interface of everything that labels photos."""

import contextlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Protocol, runtime_checkable

import numpy as np

from keras_rcnn.errors import InputError

# Memory that labeling a batch may take.
DEFAULT_MEMORY_MB = 1024


@runtime_checkable
class Labeler(Protocol):
    """Labels every pixel of photos of any size.

    Call arguments:
        photos: uint8.

    Input shape:
        `(height, width, 3)` or `(batch, height, width, 3)`.

    Output shape:
        Labels, uint8 `(height, width)` or `(batch, height, width)`.

    Raises:
        InputError: if the photos have another type or shape.
        TooLargeError: if they do not fit in memory.
    """

    @property
    def class_names(self) -> tuple[str, ...]:
        """Name of each class, by label."""

    @property
    def palette(self) -> tuple[tuple[int, ...], ...]:
        """Red, green and blue (0 to 255) of each class."""

    @property
    def num_instances(self) -> int | None:
        """How often the network is applied; None if unknown."""

    @property
    def output_resolution(self) -> int | None:
        """Pixels from one computed label to the next; None if unknown."""

    @property
    def smoothing(self) -> int | None:
        """Side of the square of averaged scores; None if unknown."""

    def __call__(self, photos: np.ndarray) -> Any:
        """Labels photos."""

    def predict_proba(self, photos: np.ndarray) -> np.ndarray:
        """Returns probabilities, float32 `(..., height, width, classes)`.

        Raises:
            InputError: if the model gives no probabilities.
        """

    def label_with_confidence(
        self, photos: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray | None]:
        """Returns labels and the probability of each label.

        The probabilities are float32 and have the shape of the labels; they
        are None if the model gives none.
        """


@runtime_checkable
class BandLabeler(Labeler, Protocol):
    """A labeler of pictures that do not fit in memory."""

    def label_in_bands(
        self,
        image: Any,
        return_probabilities: bool = False,
        progress: Callable[[int], None] = ...,
        strips: Iterable[np.ndarray] | None = None,
    ) -> Iterator[dict[str, np.ndarray]]:
        """Labels a picture band by band, from top to bottom.

        See `SceneLabeler.label_in_bands`.
        """


class TooLargeError(InputError):
    """A photo that a model cannot label because of its size.

    Args:
        height: of the photo, in pixels.
        width: of the photo, in pixels.
        limit: what the photo is too large for.
        name: what the message calls the photo.
    """

    def __init__(
        self,
        height: int,
        width: int,
        limit: str = "the memory",
        name: object = "The photo",
    ) -> None:
        super().__init__(
            f"{name}, {width}x{height} pixels, is too large for {limit}: "
            "scale it down or choose a coarser output resolution."
        )
        self.details = height, width, limit


@contextlib.contextmanager
def naming_photo(name: object) -> Iterator[None]:
    """Puts the name of a photo into the error that it is too large."""
    try:
        yield
    except TooLargeError as error:
        raise TooLargeError(*error.details, name) from error
