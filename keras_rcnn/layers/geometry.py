"""Receptive field, stride and plane sizes of a convolutional stack f.

Plain arithmetic, no TensorFlow. One application of f maps a plane of `s_in`
pixels to `s_out = (s_in - k) / d + 1` for each layer of kernel `k` and step
`d`; backwards, `s_in = d * (s_out - 1) + k`. Applying f again and again
("instances") chains these formulas.

Reference:
    Pinheiro & Collobert, "Recurrent Convolutional Neural Networks for Scene
    Parsing", arXiv:1306.2795, sections 3.1 to 3.3.
"""

import dataclasses
import functools
import math

from keras_rcnn.errors import InputError


@dataclasses.dataclass(frozen=True)
class StackGeometry:
    """The sizes in pixels of a stack f and of its recurrent instances.

    Args:
        layers: (kernel, step) of every convolution and pooling, in order.

    Raises:
        InputError: if the receptive field of one instance is even, so that
            a patch has no middle pixel to label.

    >>> rcnn2 = StackGeometry(((8, 1), (2, 2), (8, 1), (1, 1)))
    >>> [rcnn2.receptive_field(p) for p in (1, 2, 3)]
    [23, 67, 155]
    >>> [rcnn2.output_stride(p) for p in (1, 2, 3)]
    [2, 4, 8]
    """

    layers: tuple[tuple[int, int], ...]

    def __post_init__(self) -> None:
        if self.receptive_field(1) % 2 == 0:
            raise InputError(
                f"The receptive field is {self.receptive_field(1)}, which has "
                "no middle pixel: change a kernel size by one to make it odd."
            )

    def receptive_field(self, num_instances: int = 1) -> int:
        """Side in pixels of the patch that one score depends on."""
        return self.input_size(1, num_instances)

    def output_stride(self, num_instances: int = 1) -> int:
        """Pixels between the centers of neighboring scores."""
        return math.prod(step for _, step in self.layers) ** num_instances

    def padding(self, num_instances: int = 1) -> int:
        """Pixels to add on each side so that every pixel gets a patch."""
        return (self.receptive_field(num_instances) - 1) // 2

    def input_size(self, output_size: int, num_instances: int = 1) -> int:
        """Pixels that give exactly `output_size` scores along one axis."""
        backwards = tuple(reversed(self.layers)) * num_instances
        return functools.reduce(
            lambda size, layer: layer[1] * (size - 1) + layer[0],
            backwards,
            output_size,
        )

    def output_size(self, input_size: int, num_instances: int = 1) -> int:
        """Scores along one axis for `input_size` pixels; 0 if too few."""
        size = input_size
        for kernel, step in self.layers * num_instances:
            size = (size - kernel) // step + 1 if size >= kernel else 0
        return size

    def image_offset(self, num_instances: int = 1) -> int:
        """First pixel of the image block that belongs to cell 0.

        Cell u of the planes of instance p has its receptive field centered on
        pixel `d * u + (receptive field - 1) / 2`, d being the output stride.
        The image is scaled to these planes by averaging the d x d pixels
        around this center, half a pixel off the center if d is even.
        """
        center = self.padding(num_instances)
        return center - (self.output_stride(num_instances) - 1) // 2

    def check_input_size(
        self, height: int | None, width: int | None, num_instances: int = 1
    ) -> None:
        """Refuses an input that is too small for one score.

        Raises:
            InputError: with the given size and the size that is needed.
        """
        needed = self.receptive_field(num_instances)
        if any(size is not None and size < needed for size in (height, width)):
            raise InputError(
                f"An input of {height}x{width} pixels is too small for "
                f"{num_instances} instance(s): give at least "
                f"{needed}x{needed}, padded if need be."
            )
