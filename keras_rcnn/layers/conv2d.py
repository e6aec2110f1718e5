"""Convolution layers whose weights are not rounded."""

from typing import Any

import keras


class Conv2D(keras.layers.Conv2D):
    """Keras's layer, whose weights mixed precision does not round.

    Weight files refer to the layer by the name of this class.
    """

    def add_weight(self, *args: Any, **kwargs: Any) -> Any:
        """Adds a weight without autocasting."""
        return super().add_weight(*args, **kwargs | {"autocast": False})
