"""The recurrent pyramid: the recurrence goes down the scales and up again."""

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import keras
import numpy as np
import tensorflow as tf
from keras import ops

from keras_rcnn.datasets.label_grids import BlockGrids
from keras_rcnn.datasets.sampling import instance_name
from keras_rcnn.errors import InputError
from keras_rcnn.layers.conv_stack import IMAGE_CHANNELS
from keras_rcnn.layers.photo_masks import PhotoMasks
from keras_rcnn.layers.pyramid_geometry import FINEST_STRIDE, PyramidGeometry
from keras_rcnn.layers.shared_stack import SharedStack
from keras_rcnn.models.presets import PyramidPreset
from keras_rcnn.models.pyramid_choices import PyramidChoices
from keras_rcnn.models.scene_parser import names_and_colors

_MAX_WIDTH = 1024


@keras.saving.register_keras_serializable(package="keras_rcnn")
class RecurrentPyramid(PyramidChoices):
    """Applies the same stacks at all scales, from fine to coarse and back.

    `I_p` is the image averaged over blocks of `2**p` pixels. All levels p
    share the weights of four layers:

    - eye: two convolutions of stride 2, `e_p = eye(I_p)`;
    - down: `d_p = down([e_p, pool(d_{p-1})]) + pool(d_{p-1})`;
    - up: `u_p = up([enlarge(u_{p+1}), d_p]) + enlarge(u_{p+1})`; at the
      coarsest level, `u_p = d_p`;
    - head: the scores of `u_p`. Each level is an instance, the coarsest first.

    A further pass goes down and up again: its stack down also sees the `u_p`
    of the pass before.

    The grid of cells begins at the corner of the photo, which is padded with
    zeros, the mean color, at the bottom and at the right to a multiple of the
    total stride. All maps are 0 outside of that. So a part of a photo that
    begins at such a multiple and has enough context gets the scores of the
    whole photo.

    `compile`, `fit`, `evaluate` and `predict` are those of
    `InstanceSupervision`.

    Args:
        num_classes: number of classes.
        width: channels of the states.
        levels: number of scales.
        depth: number of 3x3 convolutions of the stacks down and up.
        passes: how often the network goes down and up.
        eye_filters: filters of both convolutions of the eye.
        class_names: one for each class; "class_0", ... if not given.
        palette: red, green, blue (0 to 255) of each class; grays by default.
        normalization: whether batches are normalized, for training. A saved
            network has the normalization folded in.

    Call arguments:
        images: standardized float images.
        num_instances: how many instances to compute in this call.
        sizes: int32 `(batch, 2)`, height and width of each photo, for photos
            that were padded with zeros to the size of a batch.
        training: whether to normalize by the statistics of the batch.

    Input shape:
        `(batch, height, width, 3)`, any size.

    Output shape:
        `{"instance_1": (batch, height_1, width_1, num_classes), ...}`, scores
        (logits); `height_1 = padded height / geometry.output_stride(1)`.

    Raises:
        InputError: if the number of instances, or a size, is not possible.

    >>> model = RecurrentPyramid.from_preset("pyramid", num_classes=8)
    >>> scores = model(ops.zeros((1, 40, 64, 3)))
    >>> {name: tuple(planes.shape) for name, planes in scores.items()}
    ... # doctest: +NORMALIZE_WHITESPACE
    {'instance_1': (1, 2, 2, 8), 'instance_2': (1, 4, 4, 8),
     'instance_3': (1, 8, 8, 8), 'instance_4': (1, 16, 16, 8)}
    """

    def __init__(
        self,
        num_classes: int,
        width: int = 64,
        levels: int = 4,
        depth: int = 2,
        passes: int = 1,
        eye_filters: Sequence[int] = (32, 48),
        class_names: Sequence[str] | None = None,
        palette: Sequence[Sequence[int]] | None = None,
        normalization: bool = True,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.class_names, self.palette = names_and_colors(
            num_classes, class_names, palette
        )
        if not all(1 <= size <= _MAX_WIDTH for size in (width, *eye_filters)):
            raise InputError(
                f"width={width} is not possible with eye_filters="
                f"{tuple(eye_filters)}: give 1 to {_MAX_WIDTH} channels."
            )
        self.width = width
        self.eye_filters = tuple(eye_filters)
        self.normalization = normalization
        self._geometry = PyramidGeometry(levels, depth, passes)
        self.num_instances = self._geometry.num_instances
        self._add_layers()
        self.built = True

    def _add_layers(self) -> None:
        geometry = self._geometry
        sizes = (3,) * geometry.depth
        channels = (self.width,) * geometry.depth
        downs = geometry.passes * geometry.levels
        ups = geometry.passes * (geometry.levels - 1)
        options = {
            "normalization": self.normalization,
            "dtype": self.dtype_policy,
        }
        self.eye = SharedStack(
            self.eye_filters, (5, 3), 2, geometry.levels, name="eye", **options
        )
        self.down = SharedStack(
            channels, sizes, 1, downs, name="down", **options
        )
        self.up = SharedStack(channels, sizes, 1, ups, name="up", **options)
        self.head = keras.layers.Conv2D(
            self.num_classes,
            1,
            name="classifier",
            # In bfloat16, close scores would round to the same number.
            dtype=self.dtype_policy.variable_dtype,
        )
        fed_back = self.width * (geometry.passes > 1)
        for layer, inputs in (
            (self.eye, IMAGE_CHANNELS),
            (self.down, self.eye_filters[-1] + self.width + fed_back),
            (self.up, 2 * self.width),
            (self.head, self.width),
        ):
            layer.build((None, None, None, inputs))

    @property
    def num_classes(self) -> int:
        """Number of classes."""
        return len(self.class_names)

    @property
    def geometry(self) -> PyramidGeometry:
        """Strides and receptive fields."""
        return self._geometry

    @property
    def label_grids(self) -> BlockGrids:
        """What the instances learn: the shares of the classes in blocks."""
        return BlockGrids(self.num_classes, self._geometry)

    def call(
        self,
        images: Any,
        num_instances: int | None = None,
        sizes: Any = None,
        training: bool | None = None,
    ) -> dict[str, Any]:
        """Scores of every instance, by name."""
        num_instances = num_instances or self.num_instances
        self.check_instances(num_instances)
        states = self._states(self._padded(images), sizes, training)
        return {
            instance_name(instance): self.head(state)
            for instance, state in zip(
                range(1, num_instances + 1), states, strict=False
            )
        }

    def _padded(self, images: Any) -> Any:
        """The images with sides that are multiples of the total stride."""
        stride = self._geometry.total_stride
        # Engines differ in the remainder of a negative number.
        fill = [
            stride - 1 - (side - 1) % stride for side in ops.shape(images)[1:3]
        ]
        if all(isinstance(side, int) and side == 0 for side in fill):
            return images
        batch, height, width, channels = ops.shape(images)
        images = tf.pad(images, [[0, 0], [0, fill[0]], [0, fill[1]], [0, 0]])
        # Converters lose the number of channels at a computed padding.
        sides = height + fill[0], width + fill[1]
        return tf.reshape(images, (batch, *sides, channels))

    def _states(
        self, images: Any, sizes: Any, training: bool | None
    ) -> Iterator[Any]:
        """The state of each instance, computed when it is asked for."""
        levels = self._geometry.levels
        masks = PhotoMasks(
            images, sizes, self._geometry.total_stride, self.compute_dtype
        )
        seen = self._see(images, masks, training)
        on_level = [
            [masks.at(FINEST_STRIDE * 2**level)] * self._geometry.depth
            for level in range(levels)
        ]
        fed_back: list[Any] = []
        for number in range(self._geometry.passes):
            downward: list[Any] = []
            for level in range(levels):
                shortcut = ops.max_pool(downward[-1], 2) if level else None
                if shortcut is None and fed_back:
                    shortcut = ops.zeros_like(fed_back[0])
                # The channels of maps that do not exist yet are left out.
                maps = [seen[level], shortcut, *fed_back[level : level + 1]]
                state = self.down(
                    ops.concatenate([m for m in maps if m is not None], -1),
                    scale=number * levels + level,
                    photo_masks=on_level[level],
                    training=training,
                )
                if shortcut is not None:
                    state += shortcut
                downward.append(state)
            yield state
            fed_back = downward[:]
            for level in reversed(range(levels - 1)):
                shortcut = _enlarged(state)
                state = self.up(
                    ops.concatenate([shortcut, downward[level]], -1),
                    scale=number * (levels - 1) + level,
                    photo_masks=on_level[level],
                    training=training,
                )
                state += shortcut
                fed_back[level] = state
                yield state

    def _see(
        self, images: Any, masks: PhotoMasks, training: bool | None
    ) -> list[Any]:
        """What the eye sees at each level."""
        seen = []
        for level in range(self._geometry.levels):
            stride = FINEST_STRIDE * 2**level
            of_both = [masks.at(stride // 2), masks.at(stride)]
            seen.append(
                self.eye(
                    images, scale=level, photo_masks=of_both, training=training
                )
            )
            images = ops.average_pool(images, 2)
        return seen

    def with_classes(
        self, num_classes: int, **kwargs: Any
    ) -> "RecurrentPyramid":
        """A network with these hidden layers and a classifier for new classes.

        It has no normalization: the gains and biases are trained.

        Args:
            num_classes: number of classes.
            **kwargs: more arguments of the network.
        """
        config = self.get_config() | {
            "num_classes": num_classes,
            "class_names": None,
            "palette": None,
            "normalization": False,
        }
        model = type(self).from_config(config | kwargs)
        fresh = model.head.get_weights()
        model.set_weights([*self._folded_stacks(), *fresh])
        return model

    @classmethod
    def from_entry(
        cls,
        entry: PyramidPreset,
        num_classes: int,
        stages: Any = None,
        **kwargs: Any,
    ) -> "RecurrentPyramid":
        """A network of an entry of `PRESETS`, with fresh weights.

        Raises:
            InputError: if stages are given, which this network does not have.
        """
        if stages:
            raise InputError(
                f"stages={stages!r} are for a RecurrentCNN: leave them out."
            )
        return cls(num_classes, **dataclasses.asdict(entry) | kwargs)

    def copy(self, dtype: str) -> "RecurrentPyramid":
        """The same network in another precision, without normalizations."""
        config = self.get_config() | {"dtype": dtype, "normalization": False}
        model = type(self).from_config(config)
        model.set_weights([*self._folded_stacks(), *self.head.get_weights()])
        return model

    def _folded_stacks(self) -> list[np.ndarray]:
        stacks = self.eye, self.down, self.up
        return [each for stack in stacks for each in stack.folded_weights()]

    def get_config(self) -> dict[str, Any]:
        """The arguments, for `from_config`."""
        return super().get_config() | {
            "num_classes": self.num_classes,
            "width": self.width,
            **dataclasses.asdict(self._geometry),
            "eye_filters": list(self.eye_filters),
            "class_names": list(self.class_names),
            "palette": [list(color) for color in self.palette],
            "normalization": self.normalization,
        }


def _enlarged(planes: Any) -> Any:
    """Each cell as 2 x 2 cells."""
    height, width = ops.shape(planes)[1:3]
    return tf.raw_ops.ResizeNearestNeighbor(
        images=planes, size=(2 * height, 2 * width)
    )
