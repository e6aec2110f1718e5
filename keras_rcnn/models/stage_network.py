"""Networks that stages describe."""

from collections.abc import Sequence
from typing import Any, Self

from keras_rcnn.layers.conv_stack import IMAGE_CHANNELS, ConvStack
from keras_rcnn.layers.stage import Stage
from keras_rcnn.models.presets import StackPreset
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.models.stage_text import parse_stages


class StageNetwork(SceneParser):
    """A recurrent network that presets and lines of stages can describe.

    Subclasses take the arguments `conv_stack`, `num_instances`, `class_names`,
    `palette` and `feedback`.
    """

    conv_stack: ConvStack
    feedback: str

    @classmethod
    def from_entry(
        cls,
        entry: StackPreset,
        num_classes: int,
        stages: str | Sequence[Stage] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A network of an entry of `PRESETS`, with fresh weights.

        Args:
            entry: of the presets.
            num_classes: number of classes.
            stages: instead of the hidden stages of the preset.
            **kwargs: more arguments of `from_stages`.
        """
        return cls.from_stages(
            stages or entry.stages,
            num_classes,
            entry.num_instances,
            classifier_kernel_size=entry.classifier_kernel_size,
            **kwargs,
        )

    @classmethod
    def from_stages(
        cls,
        stages: str | Sequence[Stage],
        num_classes: int,
        num_instances: int = 1,
        class_names: Sequence[str] | None = None,
        palette: Sequence[Sequence[int]] | None = None,
        classifier_kernel_size: int = 1,
        initializer: str = "glorot_uniform",
        normalization: bool = False,
        **kwargs: Any,
    ) -> Self:
        """A network of your own stack with fresh weights.

        Args:
            stages: the hidden stages, for example `"25x8p2,50x8"`, see
                `parse_stages`.
            num_classes: number of classes.
            num_instances: how often the stack is applied.
            class_names: one for each class.
            palette: red, green, blue (0 to 255) of each class.
            classifier_kernel_size: side of the last convolution, in pixels.
            initializer: of all kernels, by Keras's name.
            normalization: as for `ConvStack`.
            **kwargs: more arguments of the model.

        Raises:
            InputError: if a stage cannot be read, or the receptive field of
                the stack is even.

        >>> from keras_rcnn import RecurrentCNN
        >>> model = RecurrentCNN.from_stages("6x6p2,8x4", 3, num_instances=2)
        >>> model.geometry.receptive_field(num_instances=2)
        37
        """
        conv_stack = ConvStack(
            parse_stages(stages) if isinstance(stages, str) else stages,
            num_classes,
            classifier_kernel_size,
            takes_scores=num_instances > 1,
            initializer=initializer,
            normalization=normalization,
            name="conv_stack",
            dtype=kwargs.get("dtype"),
        )
        return cls(conv_stack, num_instances, class_names, palette, **kwargs)

    def with_classes(self, num_classes: int, **kwargs: Any) -> Self:
        """A network with these hidden layers and a classifier for new classes.

        Args:
            num_classes: number of classes.
            **kwargs: more arguments of `from_stages`.
        """
        stack = self.conv_stack
        model = type(self).from_stages(
            stack.stages,
            num_classes,
            self.num_instances,
            classifier_kernel_size=stack.classifier_kernel_size,
            **{"feedback": self.feedback} | kwargs,
        )
        first, *hidden = stack.folded_weights()[:-2]
        weights = model.get_weights()
        # The channels of the scores, which come first, start at zero again.
        weights[0][:, :, -IMAGE_CHANNELS:] = first[:, :, -IMAGE_CHANNELS:]
        weights[1 : 1 + len(hidden)] = hidden
        model.set_weights(weights)
        return model
