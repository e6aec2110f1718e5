"""How much memory it takes to label."""

import math
import os

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.methods.offset_plan import OffsetPlan
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

DEFAULT_MEMORY_MB = 1024
_MEGABYTE = 10**6
# Where convolutions pack what they multiply, whatever the image.
_WORKSPACE_MB = 16
_BYTES_A_FLOAT = 4
# Copies that few processors make ahead of their work.
_AT_A_TIME = 8
# As it is given, standardized, padded, and averaged for an instance.
_IMAGE_PLANES = 12


def max_pixels(
    memory_mb: float,
    model: RecurrentCNN,
    num_instances: int,
    output_resolution: int,
) -> int:
    """Pixels that can be labeled at a time, padding counted."""
    planes = planes_a_pixel(model, num_instances, output_resolution)
    room = max(0, memory_mb - _WORKSPACE_MB) * _MEGABYTE
    return int(room / (_BYTES_A_FLOAT * planes))


def check_memory(
    memory_mb: float,
    model: RecurrentCNN,
    num_instances: int,
    output_resolution: int,
) -> None:
    """Refuses what would take much more than it may.

    The smallest tile, as large as the receptive field, may always be taken,
    unless that is more than the default as well: each further instance
    takes four times the memory.

    Raises:
        InputError: telling how much it takes.
    """
    planes = planes_a_pixel(model, num_instances, output_resolution)
    side = 2 * model.geometry.receptive_field(num_instances)
    needed = math.ceil(side**2 * planes * _BYTES_A_FLOAT / _MEGABYTE)
    if needed > max(memory_mb, DEFAULT_MEMORY_MB):
        raise InputError(
            f"{num_instances} instances of this network take {needed} MB: "
            "give fewer by --num_instances, or "
            f"--memory_mb={needed + _WORKSPACE_MB}."
        )


def planes_a_pixel(
    model: RecurrentCNN, num_instances: int, output_resolution: int
) -> float:
    """Values of float32 at the height of labeling, for each padded pixel.

    Counted for `fragments`; `shift_and_stitch` takes less, and `patches` the
    patches of a pass, whatever the image. At their widest
    - a convolution holds what it reads and what it writes,
    - a pooling what it reads, that once more for each offset kept that a
      processor works at, and what it writes, apart and joined,
    - the end the scores interleaved, interpolated, and as probabilities.
    """
    classes = model.num_classes
    at_a_time = max(_AT_A_TIME, os.cpu_count() or 1)
    plan = OffsetPlan.of(model, num_instances, output_resolution)
    kept = iter(plan.kept)
    area = 1.0
    heights = [3.0 * classes]
    for _ in range(num_instances):
        channels = classes
        for stage in model.conv_stack.stages:
            heights.append(area * (channels + stage.filters))
            channels = stage.filters
            offsets = next(kept) ** 2
            if stage.pool_size > 1:
                read = area * channels
                area *= offsets / stage.pool_size**2
                heights.append(
                    (1 + min(offsets, at_a_time)) * read + 2 * area * channels
                )
        heights.append(area * (channels + classes))
    return max(heights) + _IMAGE_PLANES
