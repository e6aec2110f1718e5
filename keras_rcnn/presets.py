"""The networks of the paper, one entry for each."""

import dataclasses

from keras_rcnn.errors import InputError
from keras_rcnn.geometry import StackGeometry


@dataclasses.dataclass(frozen=True)
class Stage:
    """Convolution, bias, max-pooling and activation, in this order.

    Args:
        filters: planes that come out.
        kernel_size: side of the square kernel, in pixels.
        pool_size: side and step of the max-pooling; 1 for none.
    """

    filters: int
    kernel_size: int
    pool_size: int = 1


@dataclasses.dataclass(frozen=True)
class Preset:
    """One network of the paper.

    Args:
        stages: the hidden stages of f.
        classifier_kernel_size: side of the last convolution, which scores
            the classes and has neither pooling nor activation.
        num_instances: how often f is applied; 1 is a plain network, whose
            input is the image alone.
        source: where the paper describes it.
    """

    stages: tuple[Stage, ...]
    classifier_kernel_size: int
    num_instances: int
    source: str

    @property
    def geometry(self) -> StackGeometry:
        """Receptive field, strides and plane sizes."""
        return stack_geometry(self.stages, self.classifier_kernel_size)


def stack_geometry(
    stages: tuple[Stage, ...], classifier_kernel_size: int
) -> StackGeometry:
    """Geometry of a stack of stages with a classifier on top."""
    layers: list[tuple[int, int]] = []
    for stage in stages:
        layers.append((stage.kernel_size, 1))
        if stage.pool_size > 1:
            layers.append((stage.pool_size, stage.pool_size))
    layers.append((classifier_kernel_size, 1))
    return StackGeometry(tuple(layers))


PRESETS = {
    "plain": Preset(
        stages=(Stage(25, 6, 8), Stage(50, 3, 2)),
        classifier_kernel_size=7,
        num_instances=1,
        source="Section 4.1 and Table 2, Stanford: plain CNN, 133x133 patches",
    ),
    "plain_sift_flow": Preset(
        stages=(Stage(50, 6, 8), Stage(50, 3, 2)),
        classifier_kernel_size=7,
        num_instances=1,
        source="Section 4.1 and Table 2, SIFT Flow: plain CNN, 133x133",
    ),
    "rcnn1": Preset(
        stages=(Stage(25, 8, 2), Stage(100, 8, 2)),
        classifier_kernel_size=1,
        num_instances=2,
        source="Section 4.1: rCNN1, two instances of CNN1",
    ),
    "rcnn2": Preset(
        stages=(Stage(25, 8, 2), Stage(50, 8)),
        classifier_kernel_size=1,
        num_instances=3,
        source="Section 4.1: rCNN2, three instances of CNN2",
    ),
}


def get_preset(name: str) -> Preset:
    """The preset of that name.

    Raises:
        InputError: if there is none, naming those that exist.
    """
    if name not in PRESETS:
        raise InputError(
            f"There is no preset {name!r}: choose one of {', '.join(PRESETS)}."
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
    """Pixels between neighbouring scores of one forward pass.

    >>> output_stride("rcnn2", num_instances=3)
    8
    """
    entry = get_preset(preset)
    return entry.geometry.output_stride(num_instances or entry.num_instances)
