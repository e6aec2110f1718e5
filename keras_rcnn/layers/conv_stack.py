"""The convolutional stack f."""

import itertools
from collections.abc import Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rcnn.layers.bfloat16 import split_bfloat16
from keras_rcnn.layers.conv2d import Conv2D
from keras_rcnn.layers.fused_pooling import conv_max_pool
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.layers.normalization import Normalization
from keras_rcnn.layers.stack_ops import FUSED, StackOps
from keras_rcnn.layers.stage import Stage, check_weights, stack_geometry

IMAGE_CHANNELS = 3


@keras.saving.register_keras_serializable(package="keras_rcnn")
class ConvStack(keras.layers.Layer):
    """The stack f(.; W, b) that all instances of the network share.

    Each stage is `H_m = tanh(pool(W_m H_{m-1} + b_m))`; the last convolution
    scores the classes, without pooling or activation (paper, section 3.1,
    equation 1).

    An input of `num_classes + 3` channels holds score planes and the image,
    in this order. An input of 3 channels is the image alone and stands for
    score planes of zero: only the image's part of the first kernel is used,
    so the zeros cost nothing.

    Args:
        stages: the hidden stages.
        num_classes: number of score planes of the output.
        classifier_kernel_size: side of the last convolution, in pixels.
        takes_scores: whether the input may hold score planes; if it may not,
            f is a plain network whose first kernel sees the image alone.
        activation: activation after each pooling.
        initializer: initializer of all kernels; the part of the first kernel
            that sees score planes starts at 0.
        normalization: whether the input of each activation is normalized, for
            training; `folded_weights` gives the weights of the same f without
            normalization.
        saturation_penalty: weight of a training loss (Keras' `losses`), for
            each hidden stage the mean square of the input of its activation.
            It keeps units out of the flat parts of the activation, where
            gradients vanish. It may be set later.

    Call arguments:
        inputs: planes, float.
        stack_ops: convolution and pooling of the hidden stages. Dense
            labeling passes a pooling that keeps all offsets.
        training: whether the weights are being trained; only then does mixed
            precision round the first kernel to bfloat16.

    Input shape:
        `(batch, height, width, 3)`, or with `takes_scores` also
        `(batch, height, width, num_classes + 3)`.

    Output shape:
        `(batch, output height, output width, num_classes)`, see `geometry`.

    Raises:
        InputError: if the input is smaller than the receptive field.
        ValueError: if the input has another number of channels.

    >>> f = ConvStack([Stage(25, 8, 2), Stage(50, 8)], num_classes=8)
    >>> f(ops.zeros((1, 31, 23, 3))).shape
    TensorShape([1, 5, 1, 8])
    >>> f.count_params()
    98083

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, sections 3.1 and 4.1.
    """

    def __init__(
        self,
        stages: Sequence[Stage | dict[str, int]],
        num_classes: int,
        classifier_kernel_size: int = 1,
        takes_scores: bool = True,
        activation: str = "tanh",
        initializer: str = "glorot_uniform",
        normalization: bool = False,
        saturation_penalty: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.stages = tuple(
            Stage(**stage) if isinstance(stage, dict) else stage
            for stage in stages
        )
        channels = IMAGE_CHANNELS + num_classes * takes_scores
        check_weights(
            self.stages, num_classes, classifier_kernel_size, channels
        )
        self.num_classes = num_classes
        self.classifier_kernel_size = classifier_kernel_size
        self.takes_scores = takes_scores
        self.activation = keras.activations.get(activation)
        self.initializer = initializer
        self.normalization = normalization
        self.saturation_penalty = saturation_penalty
        self.geometry: StackGeometry = stack_geometry(
            self.stages, classifier_kernel_size
        )
        self._add_layers()

    def _add_layers(self) -> None:
        numbered = list(enumerate(self.stages, 1))
        self.hidden = [
            Conv2D(
                stage.filters,
                stage.kernel_size,
                kernel_initializer=self.initializer,
                name=f"conv_{number}",
                dtype=self.dtype_policy,
            )
            for number, stage in numbered
        ]
        self.normalizations = [
            Normalization(name=f"normalization_{number}", dtype="float32")
            for number, _ in numbered
            if self.normalization
        ]
        self.classifier = keras.layers.Conv2D(
            self.num_classes,
            self.classifier_kernel_size,
            kernel_initializer=self.initializer,
            name="classifier",
            # In bfloat16, close scores would round to the same number.
            dtype=self.dtype_policy.variable_dtype,
        )

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Creates the weights, whose shapes do not depend on the input."""
        channels = IMAGE_CHANNELS + self.num_classes * self.takes_scores
        for convolution in [*self.hidden, self.classifier]:
            convolution.build((None, None, None, channels))
            channels = convolution.filters
        for stage, layer in zip(self.stages, self.normalizations, strict=False):
            layer.build((None, None, None, stage.filters))
        if self.takes_scores:
            self._start_without_feedback()

    def _start_without_feedback(self) -> None:
        """Sets the part of the first kernel that sees score planes to zero.

        Scores are many times larger than pixels: random weights for them
        would saturate the activation, and training of a second instance would
        start by undoing what the first has learned.
        """
        kernel = self.hidden[0].kernel
        of_planes, of_image = ops.split(kernel, [self.num_classes], axis=2)
        kernel.assign(
            ops.concatenate([ops.zeros_like(of_planes), of_image], axis=2)
        )

    def call(
        self,
        inputs: Any,
        stack_ops: StackOps = FUSED,
        training: bool | None = None,
    ) -> Any:
        """Applies f once."""
        self._check(inputs)
        planes = inputs
        for stage in range(len(self.stages)):
            planes = self._convolve_and_pool(planes, stage, stack_ops, training)
            if self.normalization:
                planes = self.normalizations[stage](planes, training=training)
            if training and self.saturation_penalty:
                self._penalize(planes)
            planes = self.activation(planes)
        return self.classifier(planes)

    def _convolve_and_pool(
        self,
        planes: Any,
        stage: int,
        stack_ops: StackOps,
        training: bool | None,
    ) -> Any:
        kernel = self.hidden[stage].kernel
        bias = ops.cast(self.hidden[stage].bias, planes.dtype)
        pool_size = self.stages[stage].pool_size
        # An image alone needs only the last channels of the first kernel.
        channels = planes.shape[-1]
        unused = kernel.shape[2] - channels
        if unused:
            kernel = kernel[:, :, unused:]
        # Training tolerates rounded weights, which halve the time of a stage.
        if stage == 0 and not training and planes.dtype == "bfloat16":
            planes, kernel = split_bfloat16(planes, kernel)
        kernel = ops.cast(kernel, planes.dtype)
        if stack_ops.fuse and pool_size == 2 and channels == IMAGE_CHANNELS:
            return conv_max_pool(planes, kernel, pool_size) + bias
        planes = stack_ops.convolve(planes, kernel) + bias
        if pool_size == 1:
            return planes
        return stack_ops.pool(planes, pool_size, stage)

    def _penalize(self, planes: Any) -> None:
        mean_square = ops.mean(ops.square(ops.cast(planes, "float32")))
        self.add_loss(self.saturation_penalty * mean_square)

    def folded_weights(self) -> list[np.ndarray]:
        """Returns kernels and biases of the same f without normalizations."""
        pairs = [convolution.get_weights() for convolution in self.hidden]
        if self.normalization:
            pairs = [
                layer.folded(*pair)
                for layer, pair in zip(self.normalizations, pairs, strict=True)
            ]
        return [*itertools.chain(*pairs), *self.classifier.get_weights()]

    def _check(self, inputs: Any) -> None:
        channels = inputs.shape[-1]
        allowed = {IMAGE_CHANNELS, self.hidden[0].kernel.shape[2]}
        if channels not in allowed:
            raise ValueError(
                f"The input has {channels} channels: give "
                f"{' or '.join(map(str, sorted(allowed)))}."
            )
        self.geometry.check_input_size(*inputs.shape[1:3])

    def compute_output_shape(
        self, input_shape: Sequence[int | None]
    ) -> tuple[int | None, ...]:
        """Returns the shape of the score planes."""
        height, width = (
            None if size is None else self.geometry.output_size(size)
            for size in input_shape[1:3]
        )
        return (input_shape[0], height, width, self.num_classes)

    def get_config(self) -> dict[str, Any]:
        """Returns the arguments, for `from_config`."""
        return super().get_config() | {
            "stages": [vars(stage) for stage in self.stages],
            "num_classes": self.num_classes,
            "classifier_kernel_size": self.classifier_kernel_size,
            "takes_scores": self.takes_scores,
            "activation": keras.activations.serialize(self.activation),
            "initializer": self.initializer,
            "normalization": self.normalization,
            "saturation_penalty": self.saturation_penalty,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "ConvStack":
        """Creates the stack of a configuration, with fresh weights."""
        # Files written before version 0.1.0 have another name for it.
        if "feedback" in config:
            config = config | {"takes_scores": config["feedback"]}
            del config["feedback"]
        return cls(**config)
