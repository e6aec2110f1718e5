"""Labels from several models."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.average_labeler import AverageLabeler
from keras_rcnn.labeling.labeler import Labeler


class Ensemble(AverageLabeler):
    """Averages the probabilities of several models of the same classes.

    Args:
        labelers: one or more; each must give probabilities.
        names: of the models, for errors; numbers if not given.

    Call arguments, input and output shape: see `Labeler`.

    Raises:
        InputError: if there is no labeler, or their classes differ.
    """

    def __init__(
        self, labelers: Sequence[Labeler], names: Sequence[str] | None = None
    ) -> None:
        if not labelers:
            raise InputError("There is no model to average: give one or more.")
        self.labelers = tuple(labelers)
        first = labelers[0]
        names = names or [f"model {n + 1}" for n in range(len(labelers))]
        for name, labeler in zip(names, labelers, strict=True):
            if labeler.class_names != first.class_names:
                raise InputError(
                    f"{name} has the classes {', '.join(labeler.class_names)}, "
                    f"and {names[0]} has {', '.join(first.class_names)}: "
                    "average models of the same classes and order."
                )
        self.class_names = first.class_names
        self.palette = first.palette
        self.num_instances = _common([x.num_instances for x in labelers])
        self.output_resolution = _common(
            [x.output_resolution for x in labelers]
        )
        self.smoothing = _common([x.smoothing for x in labelers])

    def _predictions(self, photos: np.ndarray) -> Iterator[np.ndarray]:
        for labeler in self.labelers:
            yield labeler.predict_proba(photos)


def _common(values: Sequence[Any]) -> Any:
    """The value that all have; None if they differ."""
    return values[0] if len(set(values)) == 1 else None
