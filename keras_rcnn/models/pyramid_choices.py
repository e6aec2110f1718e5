"""Which instances of a recurrent pyramid are computed."""

from keras_rcnn.errors import InputError
from keras_rcnn.layers.pyramid_geometry import PyramidGeometry
from keras_rcnn.models.scene_parser import SceneParser


class PyramidChoices(SceneParser):
    """Chooses instances by their number or by their resolution.

    Each pass goes from the coarsest instance to the finest. A resolution is
    the stride of an instance.
    """

    @property
    def geometry(self) -> PyramidGeometry:
        """Strides and receptive fields."""
        raise NotImplementedError

    def check_instances(self, num_instances: int) -> None:
        """Checks a number of instances.

        Raises:
            InputError: if it is not between 1 and that of all passes.
        """
        largest = self.geometry.num_instances
        if not 1 <= num_instances <= largest:
            raise InputError(
                f"{num_instances} instances are not possible: give 1 to "
                f"{largest}."
            )

    def choose(
        self, num_instances: int | None, output_resolution: int | None
    ) -> tuple[int, int]:
        """See `SceneParser.choose`.

        A resolution is the stride of an instance, and decides how many are
        computed: those up to it in the last pass.
        """
        if output_resolution is None:
            if num_instances is None:
                num_instances = self.num_instances
            self.check_instances(num_instances)
            return num_instances, self.geometry.output_stride(num_instances)
        possible = self.resolutions(num_instances)
        if output_resolution not in possible or num_instances not in (
            None,
            possible[output_resolution],
        ):
            raise InputError(
                f"Output resolution {output_resolution} is not possible: "
                f"choose one of {', '.join(map(str, self.resolutions()))}, and "
                "leave out the number of instances, which follows from it."
            )
        return possible[output_resolution], output_resolution

    def resolutions(self, num_instances: int | None = None) -> dict[int, int]:
        """See `SceneParser.resolutions`; the strides of the instances."""
        count = num_instances or self.num_instances
        self.check_instances(count)
        # Those of the last pass replace those of the passes before.
        by_stride = {
            self.geometry.output_stride(instance): instance
            for instance in range(1, count + 1)
        }
        return dict(sorted(by_stride.items()))

    def nearest_resolution(
        self, num_instances: int, output_resolution: int
    ) -> int:
        """See `SceneParser.nearest_resolution`.

        That of these instances, or a coarser one if that is wanted.
        """
        possible = [
            resolution
            for resolution in self.resolutions(num_instances)
            if resolution <= output_resolution
        ]
        return max(possible, default=min(self.resolutions(num_instances)))
