"""What sampling needs to know of a network's geometry."""

from typing import Protocol


class Geometry(Protocol):
    """Sizes in pixels of a convolutional stack and its recurrent instances.

    `keras_rcnn.layers.geometry.StackGeometry` has these methods.
    """

    @property
    def layers(self) -> tuple[tuple[int, int], ...]:
        """(kernel, step) of every convolution and pooling, in order."""

    def receptive_field(self, num_instances: int = 1) -> int:
        """Side of the patch that one score depends on."""

    def output_stride(self, num_instances: int = 1) -> int:
        """Distance between the centers of neighboring scores."""

    def padding(self, num_instances: int = 1) -> int:
        """Margin on each side that gives every pixel a whole patch."""

    def input_size(self, output_size: int, num_instances: int = 1) -> int:
        """Side of the input that gives `output_size` scores along it."""


class Strides(Protocol):
    """Sizes in pixels of the cells of a network whose cells tile the photo.

    `keras_rcnn.layers.pyramid_geometry.PyramidGeometry` has these methods.
    """

    @property
    def total_stride(self) -> int:
        """Side of the largest cells; photos are padded to a multiple of it."""

    def output_stride(self, num_instances: int | None = None) -> int:
        """Side of the cells of an instance."""
