"""The offsets that the poolings keep in labeling by fragments."""

import dataclasses
import math

from keras_rcnn.models.recurrent_cnn import RecurrentCNN


@dataclasses.dataclass(frozen=True)
class OffsetPlan:
    """Which offsets each pooling keeps, from the first stage to the last.

    Offsets o_1, o_2, ... of poolings by d_1, d_2, ... lead to the pixel
    o_1 + d_1 * (o_2 + d_2 * (...)). While the resolution has factors in
    common with them, poolings keep every `step`-th offset only. A stage
    without pooling counts as a pooling by 1.

    Args:
        pool_sizes: of all stages of all instances.
        steps: distance from one kept offset to the next, for each pooling.
        thinning: factor of the resolution that the poolings cannot provide;
            the scores at the end are thinned out by it.
    """

    pool_sizes: tuple[int, ...]
    steps: tuple[int, ...]
    thinning: int

    @classmethod
    def of(
        cls, model: RecurrentCNN, num_instances: int, resolution: int
    ) -> "OffsetPlan":
        """The plan that scores every `resolution`-th pixel."""
        stages = model.conv_stack.stages
        pool_sizes = [stage.pool_size for stage in stages] * num_instances
        steps = []
        remaining = resolution
        for size in pool_sizes:
            step = math.gcd(remaining, size)
            remaining = remaining // step if step == size else 1
            steps.append(step)
        thinning = resolution // math.prod(steps)
        return cls(tuple(pool_sizes), tuple(steps), thinning)

    @property
    def kept(self) -> tuple[int, ...]:
        """Number of offsets that each pooling keeps along one axis."""
        return tuple(
            size // step
            for size, step in zip(self.pool_sizes, self.steps, strict=True)
        )
