"""New and trained networks by name."""

from collections.abc import Sequence
from typing import Any, Self

import keras

from keras_rcnn.errors import InputError
from keras_rcnn.layers.conv_stack import IMAGE_CHANNELS, ConvStack
from keras_rcnn.layers.stage import Stage
from keras_rcnn.models.instance_supervision import InstanceSupervision
from keras_rcnn.models.presets import PRESETS, get_preset
from keras_rcnn.models.stage_text import parse_stages
from keras_rcnn.models.zoo import shipped_file, shipped_networks


class PresetModel(InstanceSupervision):
    """A recurrent network that presets and lines of stages can describe.

    Subclasses take the arguments `conv_stack`, `num_instances`, `class_names`,
    `palette` and `feedback`.
    """

    conv_stack: ConvStack
    feedback: str

    @classmethod
    def from_preset(
        cls,
        preset: str,
        num_classes: int | None = None,
        class_names: Sequence[str] | None = None,
        palette: Sequence[Sequence[int]] | None = None,
        stages: str | Sequence[Stage] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A network of the paper with fresh weights, or a trained network.

        Args:
            preset: `plain`, `plain_sift_flow`, `rcnn1` or `rcnn2`; or the name
                of a shipped network, see `shipped_networks`. The name
                `plain_sift_flow` is both; with classes it is the network of
                the paper.
            num_classes: of a new network. A shipped network keeps its classes
                if neither this nor `class_names` is given; else it keeps its
                trained hidden layers and gets a new classifier.
            class_names: one for each class.
            palette: red, green, blue (0 to 255) of each class.
            stages: instead of the hidden stages of a preset of the paper.
            **kwargs: more arguments of `from_stages`.

        Raises:
            InputError: if there is no such preset, or the number of classes is
                missing.
        """
        if num_classes is None and class_names is not None:
            num_classes = len(class_names)
        is_shipped = preset in shipped_networks()
        if is_shipped and not (preset in PRESETS and num_classes):
            file = shipped_file(preset)
            trained = keras.saving.load_model(file, compile=False)
            if num_classes:
                return trained.with_classes(
                    num_classes,
                    class_names=class_names,
                    palette=palette,
                    **kwargs,
                )
            return (
                trained.copy(kwargs["dtype"]) if "dtype" in kwargs else trained
            )
        entry = get_preset(preset, shipped_networks())
        if num_classes is None:
            raise InputError(
                f"The preset {preset!r} has no classes of its own: give "
                "num_classes= or class_names=."
            )
        return cls.from_stages(
            stages or entry.stages,
            num_classes,
            entry.num_instances,
            class_names,
            palette,
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
