"""Networks and photos of which every sum is exact in float32."""

import numpy as np

from keras_rcnn.layers import ConvStack
from keras_rcnn.models import RecurrentCNN, RecurrentPyramid
from keras_rcnn.models.presets import PRESETS, Stage

PRESETS_AND_INSTANCES = [
    (preset, instances)
    for preset in ("plain", "rcnn1", "rcnn2")
    for instances in range(1, PRESETS[preset].num_instances + 1)
]


def narrow_network(preset, activation, seed=0, filters=2):
    """A preset with few filters a stage and small whole numbers as weights."""
    entry = PRESETS[preset]
    stages = [
        Stage(filters, stage.kernel_size, stage.pool_size)
        for stage in entry.stages
    ]
    stack = ConvStack(
        stages,
        2,
        entry.classifier_kernel_size,
        takes_scores=entry.num_instances > 1,
        activation=activation,
    )
    model = RecurrentCNN(stack, entry.num_instances)
    rng = np.random.default_rng(seed)
    model.set_weights(
        [
            small_whole_numbers(weight.shape, rng)
            for weight in model.get_weights()
        ]
    )
    return model


def small_whole_numbers(shape, rng):
    """-1, 0 and 1; most are 0 in large kernels, none is below 0 in biases."""
    values = rng.integers(-1, 2, shape)
    if len(shape) == 1:
        return np.abs(values)
    return values * (rng.random(shape) < 0.3) if shape[0] > 1 else values


def exact_photo(height, width):
    """A uint8 photo of mean 128 and deviation 32, whatever its size.

    Standardized, its pixels are 0, 1/2, 1, 3/2 and their negatives.
    """
    count = 3 * height * width
    assert count >= 7
    # Of half deviations: 0 + 1 + 1 + 4 + 4 + 9 + 9 = 4 * 7.
    odd = [0, 1, -1, 2, -2, 3, -3] if count % 2 else []
    halves = np.array(odd + [2, -2] * ((count - len(odd)) // 2))
    halves = np.random.default_rng(count).permutation(halves)
    return (128 + 16 * halves).reshape(height, width, 3).astype(np.uint8)


def narrow_pyramid(levels=3, depth=1, passes=1, seed=0):
    """A pyramid with few filters and weights of which all sums are exact.

    Gains are powers of two; kernels and biases are small whole numbers.
    """
    model = RecurrentPyramid(
        2,
        width=4,
        levels=levels,
        depth=depth,
        passes=passes,
        eye_filters=(3, 4),
        normalization=False,
    )
    rng = np.random.default_rng(seed)
    for weight in model.weights:
        if "gain" in weight.name:
            value = rng.choice([0.5, 1.0, 2.0], weight.shape)
        else:
            value = small_whole_numbers(weight.shape, rng)
        weight.assign(value)
    return model
