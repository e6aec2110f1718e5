"""The networks, one entry for each."""

import dataclasses
from collections.abc import Sequence
from typing import ClassVar

from keras_rcnn.errors import InputError
from keras_rcnn.layers.geometry import StackGeometry
from keras_rcnn.layers.pyramid_geometry import PyramidGeometry
from keras_rcnn.layers.stage import Stage, stack_geometry


@dataclasses.dataclass(frozen=True)
class StackPreset:
    """One network of the paper, a `RecurrentCNN`.

    Args:
        stages: the hidden stages of f.
        classifier_kernel_size: side of the last convolution, which scores
            the classes and has neither pooling nor activation.
        num_instances: how often f is applied; 1 is a plain network, whose
            only input is the image.
        source: where the paper describes it.
    """

    network: ClassVar[str] = "RecurrentCNN"

    stages: tuple[Stage, ...]
    classifier_kernel_size: int
    num_instances: int
    source: str

    @property
    def geometry(self) -> StackGeometry:
        """Receptive field, strides and plane sizes."""
        return stack_geometry(self.stages, self.classifier_kernel_size)


@dataclasses.dataclass(frozen=True)
class PyramidPreset:
    """One `RecurrentPyramid`, whose arguments it has.

    Args:
        width: channels of the states.
        levels: number of scales.
        depth: number of convolutions of the stacks down and up.
        passes: how often the network goes down and up.
    """

    network: ClassVar[str] = "RecurrentPyramid"
    width: int
    levels: int = 4
    depth: int = 2
    passes: int = 1

    @property
    def geometry(self) -> PyramidGeometry:
        """Strides and receptive fields."""
        return PyramidGeometry(self.levels, self.depth, self.passes)

    @property
    def num_instances(self) -> int:
        """Number of instances of all passes."""
        return self.geometry.num_instances


_STACKS = {
    "plain": StackPreset(
        stages=(Stage(25, 6, 8), Stage(50, 3, 2)),
        classifier_kernel_size=7,
        num_instances=1,
        source="Section 4.1 and Table 2, Stanford: plain CNN, 133x133 patches",
    ),
    "plain_sift_flow": StackPreset(
        stages=(Stage(50, 6, 8), Stage(50, 3, 2)),
        classifier_kernel_size=7,
        num_instances=1,
        source="Section 4.1 and Table 2, SIFT Flow: plain CNN, 133x133",
    ),
    "rcnn1": StackPreset(
        stages=(Stage(25, 8, 2), Stage(100, 8, 2)),
        classifier_kernel_size=1,
        num_instances=2,
        source="Section 4.1: rCNN1, two instances of CNN1",
    ),
    "rcnn2": StackPreset(
        stages=(Stage(25, 8, 2), Stage(50, 8)),
        classifier_kernel_size=1,
        num_instances=3,
        source="Section 4.1: rCNN2, three instances of CNN2",
    ),
}

PYRAMIDS = {
    "pyramid_small": PyramidPreset(width=48),
    "pyramid": PyramidPreset(width=64),
    "pyramid_large": PyramidPreset(width=96),
}

PRESETS: dict[str, StackPreset | PyramidPreset] = _STACKS | PYRAMIDS


def get_preset(
    name: str, others: Sequence[str] = ()
) -> StackPreset | PyramidPreset:
    """The preset of that name.

    Args:
        name: of the preset.
        others: more names that the caller knows, for the message.

    Raises:
        InputError: if there is no such preset; it lists all names.
    """
    if name not in PRESETS:
        raise InputError(
            f"There is no preset {name!r}: choose one of "
            f"{', '.join(dict.fromkeys([*PRESETS, *others]))}."
        )
    return PRESETS[name]


def receptive_field(preset: str, num_instances: int | None = None) -> int:
    """Side in pixels of the patch that labels its middle pixel.

    >>> receptive_field("rcnn2", num_instances=3)
    155
    """
    entry = get_preset(preset)
    return entry.geometry.receptive_field(num_instances or entry.num_instances)


def output_stride(preset: str, num_instances: int | None = None) -> int:
    """Pixels between neighboring scores of one forward pass.

    >>> output_stride("rcnn2", num_instances=3)
    8
    """
    entry = get_preset(preset)
    return entry.geometry.output_stride(num_instances or entry.num_instances)
