"""Convolutions whose weights stay exact."""

from typing import Any

import keras


class Conv2D(keras.layers.Conv2D):
    """Keras's, but that others read its weights unrounded.

    Files of weights know the layers by the name of this class.
    """

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        """A weight that no scope of mixed precision rounds."""
        return super().add_weight(*args, **kwargs | {"autocast": False})
