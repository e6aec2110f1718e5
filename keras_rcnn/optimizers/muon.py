"""Muon for convolutions."""

from typing import Any

import keras
from keras import ops


@keras.saving.register_keras_serializable(package="keras_rcnn")
class Muon(keras.optimizers.Muon):
    """Muon for the kernels of hidden convolutions, Adam for other weights.

    Keras's Muon handles matrices only and leaves convolutions to Adam. Here a
    kernel is the matrix of its filters, one in each column, and the momentum of
    this matrix is made orthogonal. So all filters learn at one rate, including
    filters that detect rare patterns. The step has the size of Adam's step, so
    that one learning rate serves both.

    `RecurrentCNN.compile("muon")` chooses this class.

    Args:
        exclude_layers: parts of the names of layers that Adam trains.
        **kwargs: arguments of `keras.optimizers.Muon`.

    Reference:
        Jordan et al., "Muon: An optimizer for hidden layers in neural
        networks", 2024, kellerjordan.github.io/posts/muon; size of the step:
        Liu et al., arXiv:2502.16982, section 2.2.
    """

    def __init__(
        self,
        learning_rate: Any = 1e-3,
        exclude_layers: tuple[str, ...] = ("classifier",),
        weight_decay: float | None = None,
        adam_weight_decay: float | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            learning_rate,
            exclude_layers=list(exclude_layers),
            weight_decay=weight_decay,
            # Keras applies this one to all kernels of convolutions.
            adam_weight_decay=weight_decay
            if adam_weight_decay is None
            else adam_weight_decay,
            **kwargs,
        )

    def build(self, var_list: list[Any]) -> None:
        """Decides which variables are kernels of hidden convolutions."""
        super().build(var_list)
        self._hidden = tuple(map(self._is_hidden_kernel, var_list))

    def _is_hidden_kernel(self, variable: Any) -> bool:
        # A depthwise convolution has no matrix of filters.
        return (
            len(variable.shape) == 4
            and variable.shape[-1] > 1
            and not any(name in variable.path for name in self.exclude_layers)
        )

    def update_step(
        self, gradient: Any, variable: Any, learning_rate: Any
    ) -> None:
        """Moves one variable."""
        index = self._get_variable_index(variable)
        if not self._hidden[index]:
            super().update_step(gradient, variable, learning_rate)
            return
        momentum = self.momentums[index]
        self.assign(momentum, gradient + self.momentum * momentum)
        ahead = gradient + self.momentum * momentum
        filters = ops.reshape(ahead, (-1, variable.shape[-1]))
        step = self.zeropower_via_newtonschulz5(filters, self.ns_steps)
        size = self.rms_rate * max(filters.shape) ** 0.5
        step = ops.reshape(step, variable.shape) * size
        self.assign_sub(variable, learning_rate * step)
