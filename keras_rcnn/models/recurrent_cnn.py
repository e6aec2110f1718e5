"""The recurrent convolutional network."""

from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops

from keras_rcnn.datasets.label_grids import CenterGrids
from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.errors import InputError
from keras_rcnn.layers.conv_stack import IMAGE_CHANNELS, ConvStack
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.models.scene_parser import names_and_colors
from keras_rcnn.models.stage_network import StageNetwork

# The form in which an instance sees the scores of the previous instance.
FEEDBACKS = ("scores", "probabilities")
# Photos are padded by half of the receptive field.
_MAX_RECEPTIVE_FIELD = 4096
_MAX_INSTANCES = 64


@keras.saving.register_keras_serializable(package="keras_rcnn")
class RecurrentCNN(StageNetwork):
    """Applies one stack f repeatedly to its own scores and the image.

    Each application is an instance, the paper's term: `num_instances` counts
    the steps of the recurrence, not objects in a photo.

    `F^1 = [0, I]`, `F^p = [f(F^{p-1}; W, b), I^{p-1}]`, with `f` in
    `conv_stack` and `I^p` by `scale_image` (paper, section 3.3, equation 8).

    The paper resizes the patch to the size of the score maps. Here the image is
    cropped and averaged over blocks instead, so that a score depends on its own
    patch only: patches, whole images, shifted images and tiles give the same
    numbers. Resizing gives scores that differ by 0.5.

    `compile`, `fit`, `evaluate` and `predict` are those of
    `InstanceSupervision`; `from_preset` is that of `SceneParser`, and
    `from_stages` that of `StageNetwork`.

    Args:
        conv_stack: the stack f, shared by all instances.
        num_instances: how often f is applied, unless a call gives a number.
        class_names: one for each class; "class_0", ... if not given.
        palette: red, green, blue (0 to 255) of each class; grays by default.
        feedback: what an instance sees of the previous one: `scores`, as in
            the paper, or `probabilities`, see `feed_back`.

    Call arguments:
        images: standardized float images.
        num_instances: how often to apply f in this call.
        training: as for `ConvStack`.

    Input shape:
        `(batch, height, width, 3)`, each side at least the receptive field.

    Output shape:
        `{"instance_1": (batch, height_1, width_1, num_classes), ...}`, scores
        (logits) of every instance, sizes by `geometry.output_size`.

    Raises:
        InputError: if the image is too small, naming the size needed, or if
            the number of instances is not possible for this network.

    >>> model = RecurrentCNN.from_preset("rcnn2", num_classes=8)
    >>> planes = model(ops.zeros((1, 155, 163, 3)), num_instances=3)
    >>> {name: tuple(scores.shape) for name, scores in planes.items()}
    ... # doctest: +NORMALIZE_WHITESPACE
    {'instance_1': (1, 67, 71, 8), 'instance_2': (1, 23, 25, 8),
     'instance_3': (1, 1, 2, 8)}

    Reference:
        Pinheiro & Collobert, arXiv:1306.2795, section 3.3.
    """

    def __init__(
        self,
        conv_stack: ConvStack,
        num_instances: int,
        class_names: Sequence[str] | None = None,
        palette: Sequence[Sequence[int]] | None = None,
        feedback: str = "scores",
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if feedback not in FEEDBACKS:
            raise ValueError(
                f"There is no feedback {feedback!r}: choose one of "
                f"{', '.join(FEEDBACKS)}."
            )
        self.conv_stack = conv_stack
        self.num_instances = num_instances
        self.feedback = feedback
        self.class_names, self.palette = names_and_colors(
            conv_stack.num_classes, class_names, palette
        )
        self.check_instances(num_instances)
        if not conv_stack.built:
            conv_stack.build((None, None, None, IMAGE_CHANNELS))
        self.built = True

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return self.conv_stack.num_classes

    @property
    def geometry(self) -> StackGeometry:
        """Receptive field, strides and plane sizes."""
        return self.conv_stack.geometry

    @property
    def label_grids(self) -> CenterGrids:
        """What the instances learn: the labels of single pixels."""
        return CenterGrids(self.geometry)

    def call(
        self,
        images: Any,
        num_instances: int | None = None,
        training: bool | None = None,
    ) -> Any:
        """Scores of every instance, by name."""
        num_instances = num_instances or self.num_instances
        self.check_instances(num_instances)
        _, height, width, _ = images.shape
        self.geometry.check_input_size(height, width, num_instances)
        return self.recur(
            images,
            num_instances,
            lambda planes, instance: self.conv_stack(planes, training=training),
            self.scale_image,
        )

    def recur(
        self,
        images: Any,
        num_instances: int,
        apply: Callable[[Any, int], Any],
        scale_image: Callable[[Any, int], Any],
    ) -> dict[str, Any]:
        """Applies the recurrence with a given f and a given scaling.

        Args:
            images: standardized images, `(batch, height, width, 3)`.
            num_instances: how often to apply f.
            apply: function of (planes, instance) that applies f; instance 1
                gets the images.
            scale_image: function of (images, instance) that gives the image
                at the size of that instance's planes or larger.
        """
        planes = apply(images, 1)
        outputs = {instance_name(1): planes}
        for instance in range(1, num_instances):
            image = ops.cast(scale_image(images, instance), planes.dtype)
            height, width = ops.shape(planes)[1:3]
            inputs = ops.concatenate(
                [self.feed_back(planes), image[:, :height, :width]], axis=-1
            )
            planes = apply(inputs, instance + 1)
            outputs[instance_name(instance + 1)] = planes
        return outputs

    def feed_back(self, scores: Any) -> Any:
        """Score planes as the next instance sees them.

        Probabilities become `4 (p - 1 / num_classes)`. These values are about
        as large as the image's, for any number of classes, and 0 where all
        classes are equally probable, as before the first instance.

        Args:
            scores: `(..., num_classes)`.
        """
        if self.feedback == "scores":
            return scores
        probabilities = ops.softmax(ops.cast(scores, "float32"))
        planes = 4.0 * (probabilities - 1 / self.num_classes)
        return ops.cast(planes, scores.dtype)

    def scale_image(self, images: Any, instance: int) -> Any:
        """The image at the scale of an instance's scores: block averages."""
        offset = self.geometry.image_offset(instance)
        stride = self.geometry.output_stride(instance)
        return ops.average_pool(
            images[:, offset:, offset:], stride, stride, padding="valid"
        )

    def copy(self, dtype: str) -> "RecurrentCNN":
        """The same network in another precision.

        Its normalizations are folded into its convolutions.
        """
        config = self.get_config() | {"dtype": dtype}
        config["conv_stack"]["config"] |= {
            "dtype": dtype,
            "normalization": False,
        }
        model = type(self).from_config(config)
        model.set_weights(self.conv_stack.folded_weights())
        return model

    def check_instances(self, num_instances: int) -> None:
        """Checks a number of instances.

        Raises:
            InputError: if it is less than 1, or more than 1 without feedback.
        """
        largest = None if self.conv_stack.takes_scores else 1
        if num_instances < 1 or (largest and num_instances > largest):
            raise InputError(
                f"{num_instances} instances are not possible: give "
                + ("1, f has no feedback." if largest else "1 or more.")
            )
        if num_instances > _MAX_INSTANCES or (
            self.geometry.receptive_field(num_instances) > _MAX_RECEPTIVE_FIELD
        ):
            raise InputError(
                f"{num_instances} instances are too many: give at most "
                f"{_MAX_INSTANCES}, with a receptive field of at most "
                f"{_MAX_RECEPTIVE_FIELD} pixels."
            )

    def choose(
        self, num_instances: int | None, output_resolution: int | None
    ) -> tuple[int, int]:
        """See `SceneParser.choose`; any divisor of the stride is possible."""
        if num_instances is None:
            num_instances = self.num_instances
        if output_resolution is None:
            output_resolution = 1
        self.check_instances(num_instances)
        possible = self.resolutions(num_instances)
        if output_resolution not in possible:
            raise InputError(
                f"Output resolution {output_resolution} is not possible with "
                f"{num_instances} instance(s) of this network: choose one of "
                f"{', '.join(map(str, possible))}."
            )
        return num_instances, output_resolution

    def resolutions(self, num_instances: int | None = None) -> dict[int, int]:
        """See `SceneParser.resolutions`; all divisors of the stride."""
        count = num_instances or self.num_instances
        stride = self.geometry.output_stride(count)
        return {r: count for r in range(1, stride + 1) if stride % r == 0}

    def nearest_resolution(
        self, num_instances: int, output_resolution: int
    ) -> int:
        """See `SceneParser.nearest_resolution`; a finer one, if any."""
        return max(
            resolution
            for resolution in self.resolutions(num_instances)
            if resolution <= output_resolution
        )

    def get_config(self) -> dict[str, Any]:
        """The arguments, for `from_config`."""
        return super().get_config() | {
            "conv_stack": keras.saving.serialize_keras_object(self.conv_stack),
            "num_instances": self.num_instances,
            "class_names": list(self.class_names),
            "palette": [list(color) for color in self.palette],
            "feedback": self.feedback,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: Any = None
    ) -> "RecurrentCNN":
        """The model of a configuration, with fresh weights."""
        if config["conv_stack"].get("class_name") != ConvStack.__name__:
            raise ValueError("conv_stack is not a ConvStack")
        stack = keras.saving.deserialize_keras_object(
            config["conv_stack"], custom_objects=custom_objects
        )
        return cls(**(config | {"conv_stack": stack}))
