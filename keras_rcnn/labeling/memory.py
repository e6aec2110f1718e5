"""Memory that labeling takes."""

import math
import os

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeler import DEFAULT_MEMORY_MB
from keras_rcnn.labeling.methods.offset_plan import OffsetPlan
from keras_rcnn.models.recurrent_cnn import RecurrentCNN

_MEGABYTE = 10**6
# Buffers in which convolutions pack their operands, for any image size.
_WORKSPACE_MB = 16
_BYTES_A_FLOAT = 4
# Minimum number of buffers that are alive at the same time.
_AT_A_TIME = 8
# The photo as given, standardized, padded, and averaged for an instance.
_IMAGE_PLANES = 12


def max_pixels(
    memory_mb: float,
    model: RecurrentCNN,
    num_instances: int,
    output_resolution: int,
) -> int:
    """Returns the number of pixels, with padding, that fit in the memory."""
    planes = planes_a_pixel(model, num_instances, output_resolution)
    room = max(0, memory_mb - _WORKSPACE_MB) * _MEGABYTE
    return int(room / (_BYTES_A_FLOAT * planes))


def check_memory(
    memory_mb: float,
    model: RecurrentCNN,
    num_instances: int,
    output_resolution: int,
) -> None:
    """Refuses choices that need much more memory than is allowed.

    The smallest tile, as large as the receptive field, is always allowed,
    unless it needs more than the default as well: each further instance takes
    four times the memory.

    Raises:
        InputError: with the memory that the choices need.
    """
    planes = planes_a_pixel(model, num_instances, output_resolution)
    side = 2 * model.geometry.receptive_field(num_instances)
    needed = math.ceil(side**2 * planes * _BYTES_A_FLOAT / _MEGABYTE)
    if needed > max(memory_mb, DEFAULT_MEMORY_MB):
        raise InputError(
            f"{num_instances} instances of this network take {needed} MB: "
            "give fewer instances (num_instances=), or "
            f"memory_mb={needed + _WORKSPACE_MB}."
        )


def planes_a_pixel(
    model: RecurrentCNN, num_instances: int, output_resolution: int
) -> float:
    """Returns the peak number of float32 values for each padded pixel.

    The count is for `fragments`; `shift_and_stitch` takes less, and `patches`
    a fixed number of patches. The peak is the largest of these:
    - a convolution holds its input and its output;
    - a pooling holds its input, one more copy for each kept offset that is
      processed at the same time, and its output, in parts and joined;
    - the end holds scores interleaved, interpolated, and as probabilities.
    """
    classes = model.num_classes
    at_a_time = max(_AT_A_TIME, os.cpu_count() or 1)
    plan = OffsetPlan.of(model, num_instances, output_resolution)
    kept = iter(plan.kept)
    area = 1.0
    peaks = [3.0 * classes]
    for _ in range(num_instances):
        channels = classes
        for stage in model.conv_stack.stages:
            peaks.append(area * (channels + stage.filters))
            channels = stage.filters
            offsets = next(kept) ** 2
            if stage.pool_size > 1:
                read = area * channels
                area *= offsets / stage.pool_size**2
                peaks.append(
                    (1 + min(offsets, at_a_time)) * read + 2 * area * channels
                )
        peaks.append(area * (channels + classes))
    return max(peaks) + _IMAGE_PLANES
