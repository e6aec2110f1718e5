"""Memory that labeling takes."""

import math
import os

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeler import DEFAULT_MEMORY_MB
from keras_rcnn.labeling.methods.offset_plan import OffsetPlan
from keras_rcnn.layers.pyramid_geometry import FINEST_STRIDE
from keras_rcnn.models.recurrent_cnn import RecurrentCNN
from keras_rcnn.models.recurrent_pyramid import RecurrentPyramid

_MEGABYTE = 10**6
# Buffers in which convolutions pack their operands, for any image size.
_WORKSPACE_MB = 16
_BYTES_A_FLOAT = 4
# Minimum number of buffers that are alive at the same time.
_AT_A_TIME = 8
# The photo as given, standardized, padded, and averaged for an instance.
_IMAGE_PLANES = 12


def max_pixels(memory_mb: float, planes: float) -> int:
    """Returns the number of pixels, with padding, that fit in the memory.

    Args:
        memory_mb: megabytes.
        planes: peak number of float32 values for each pixel.
    """
    room = max(0, memory_mb - _WORKSPACE_MB) * _MEGABYTE
    return int(room / (_BYTES_A_FLOAT * planes))


def check_memory(
    memory_mb: float, planes: float, smallest: int, num_instances: int
) -> None:
    """Refuses choices that need much more memory than is allowed.

    The smallest tile is always allowed, unless it needs more than the default
    as well: each further instance of a `RecurrentCNN` takes four times the
    memory.

    Args:
        memory_mb: megabytes.
        planes: peak number of float32 values for each pixel.
        smallest: side of the smallest tile without its margins, in pixels.
        num_instances: for the message.

    Raises:
        InputError: with the memory that the choices need.
    """
    values = (2 * smallest) ** 2 * planes
    needed = math.ceil(values * _BYTES_A_FLOAT / _MEGABYTE)
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


def pyramid_planes_a_pixel(model: RecurrentPyramid) -> float:
    """Returns the peak number of float32 values for each padded pixel.

    The peak is the larger of these:
    - the finest level holds what the eye sees, the input, the output and one
      more copy of a convolution, and the states of both ways;
    - the end holds scores of all cells, interpolated, and as probabilities.
    """
    finest = FINEST_STRIDE**2
    seen = model.eye_filters[-1]
    first = 2 * model.eye_filters[0] * 4
    maps = 2 * (seen + 2 * model.width) + 4 * model.width
    return max((first + maps) / finest, 3.0 * model.num_classes) + _IMAGE_PLANES
