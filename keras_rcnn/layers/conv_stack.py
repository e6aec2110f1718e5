"""The convolutional stack f."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

import keras
import numpy as np
from keras import ops

from keras_rcnn.layers.bfloat16 import split_bfloat16
from keras_rcnn.layers.conv2d import Conv2D
from keras_rcnn.layers.conv_max_pool import conv_max_pool
from keras_rcnn.layers.convolution import convolve
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.layers.normalization import Normalization
from keras_rcnn.layers.stage import Stage, stack_geometry

IMAGE_CHANNELS = 3


def max_pool(planes: Any, pool_size: int) -> Any:
    """Max-pooling that steps by its own size and drops what is left over."""
    return ops.max_pool(planes, pool_size, strides=pool_size, padding="valid")


@keras.saving.register_keras_serializable(package="keras_rcnn")
class ConvStack(keras.layers.Layer):
    """The stack f(.; W, b) that every instance of the network shares.

    Each stage is `H_m = tanh(pool(W_m H_{m-1} + b_m))`; the last convolution
    scores the classes and stands alone (paper, section 3.1, equation 1).

    An input of `num_classes + 3` channels holds score planes and the image,
    in this order. An input of 3 channels is the image alone and means score
    planes of zero: the first kernel is sliced, so that the zeros cost nothing.

    Args:
        stages: the hidden stages.
        num_classes: score planes that come out.
        classifier_kernel_size: side of the last convolution, in pixels.
        feedback: whether score planes may come in; without, f is a plain
            network whose first kernel sees the image alone.
        activation: after each pooling.
        initializer: of all kernels; those that see scores start at 0.
        normalization: whether what goes into each activation is normalized,
            for training; `folded_weights` are those of the same f without.
        saturation_penalty: what training adds to the loss (Keras' `losses`)
            for each hidden stage, over the mean square of what goes into its
            activation: so that few units sit where it is flat and teaches
            nothing. May be set later.

    Call arguments:
        inputs: planes, float.
        pool: function of (planes, pool_size) that pools. Dense labeling
            passes one that keeps all offsets.
        convolve: function of (planes, kernel) for the hidden stages.
        training: whether weights are learned, when those that see the photo
            may be rounded to bfloat16 in mixed precision.

    Input shape:
        `(batch, height, width, 3)`, or with feedback also
        `(batch, height, width, num_classes + 3)`.

    Output shape:
        `(batch, output height, output width, num_classes)`, by `geometry`.

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
        feedback: bool = True,
        activation: str = "tanh",
        initializer: str = "glorot_uniform",
        normalization: bool = False,
        saturation_penalty: float = 0.0,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.normalization = normalization
        self.saturation_penalty = saturation_penalty
        self.stages = tuple(
            Stage(**stage) if isinstance(stage, dict) else stage
            for stage in stages
        )
        self.num_classes = num_classes
        self.classifier_kernel_size = classifier_kernel_size
        self.feedback = feedback
        self.activation = keras.activations.get(activation)
        self.geometry: StackGeometry = stack_geometry(
            self.stages, classifier_kernel_size
        )
        self.initializer = initializer
        self.hidden = [
            Conv2D(
                stage.filters,
                stage.kernel_size,
                kernel_initializer=initializer,
                name=f"conv_{index}",
                dtype=self.dtype_policy,
            )
            for index, stage in enumerate(self.stages, 1)
        ]
        self.normalizations = [
            Normalization(name=f"normalization_{index}", dtype="float32")
            for index, _ in enumerate(self.stages, 1)
            if normalization
        ]
        self.classifier = keras.layers.Conv2D(
            num_classes,
            classifier_kernel_size,
            kernel_initializer=initializer,
            name="classifier",
            # Scores rounded to bfloat16 would tie where classes are close.
            dtype=self.dtype_policy.variable_dtype,
        )

    def build(self, input_shape: Sequence[int | None]) -> None:
        """Makes the weights; only the channels of the shape are unused."""
        channels = IMAGE_CHANNELS + self.num_classes * self.feedback
        for convolution in [*self.hidden, self.classifier]:
            convolution.build((None, None, None, channels))
            channels = convolution.filters
        for stage, layer in zip(self.stages, self.normalizations, strict=False):
            layer.build((None, None, None, stage.filters))
        if self.feedback:
            self._start_without_feedback()

    def _start_without_feedback(self) -> None:
        """Makes fresh weights see the image alone.

        Scores are many times larger than pixels: weighted at random they
        saturate the activation, and a second instance would begin by undoing
        what the first has learned.
        """
        kernel = self.hidden[0].kernel
        of_planes, of_image = ops.split(kernel, [self.num_classes], axis=2)
        kernel.assign(
            ops.concatenate([ops.zeros_like(of_planes), of_image], axis=2)
        )

    def call(
        self,
        inputs: Any,
        pool: Callable[[Any, int], Any] = max_pool,
        convolve: Callable[[Any, Any], Any] = convolve,
        training: bool | None = None,
    ) -> Any:
        """Applies f once."""
        self._check(inputs)
        planes = inputs
        for index, (stage, convolution) in enumerate(
            zip(self.stages, self.hidden, strict=True)
        ):
            # Rounding is noise to training, and half the time of this stage.
            exact = convolution is self.hidden[0] and not training
            planes = self._stage(
                planes, stage, convolution, pool, convolve, exact
            )
            if self.normalization:
                planes = self.normalizations[index](planes, training=training)
            if training and self.saturation_penalty:
                self._penalize(planes)
            planes = self.activation(planes)
        return self.classifier(planes)

    def _penalize(self, planes: Any) -> None:
        mean_square = ops.mean(ops.square(ops.cast(planes, "float32")))
        self.add_loss(self.saturation_penalty * mean_square)

    def _stage(
        self,
        planes: Any,
        stage: Stage,
        convolution: keras.layers.Conv2D,
        pool: Callable[[Any, int], Any],
        convolve: Callable[[Any, Any], Any],
        exact: bool,
    ) -> Any:
        # With the image alone, the kernel's last channels are those it needs.
        channels = planes.shape[-1]
        unused = convolution.kernel.shape[2] - channels
        kernel = convolution.kernel
        if unused:
            kernel = kernel[:, :, unused:]
        bias = ops.cast(convolution.bias, planes.dtype)
        if exact and planes.dtype == "bfloat16":
            planes, kernel = split_bfloat16(planes, kernel)
        kernel = ops.cast(kernel, planes.dtype)
        if (
            pool is max_pool
            and stage.pool_size == 2
            and channels == IMAGE_CHANNELS
        ):
            planes = conv_max_pool(planes, kernel, stage.pool_size) + bias
        else:
            planes = convolve(planes, kernel) + bias
            if stage.pool_size > 1:
                planes = pool(planes, stage.pool_size)
        return planes

    def folded_weights(self) -> list[np.ndarray]:
        """Kernels and biases of the same f without normalizations."""
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
        """Shape of the score planes, by the geometry."""
        height, width = (
            None if size is None else self.geometry.output_size(size)
            for size in input_shape[1:3]
        )
        return (input_shape[0], height, width, self.num_classes)

    def get_config(self) -> dict[str, Any]:
        """The arguments, for `from_config`."""
        return super().get_config() | {
            "stages": [vars(stage) for stage in self.stages],
            "num_classes": self.num_classes,
            "classifier_kernel_size": self.classifier_kernel_size,
            "feedback": self.feedback,
            "activation": keras.activations.serialize(self.activation),
            "initializer": self.initializer,
            "normalization": self.normalization,
            "saturation_penalty": self.saturation_penalty,
        }
