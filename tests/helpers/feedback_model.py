"""A network whose feedback matters, and photos with regions of one label."""

import numpy as np
from PIL import Image

import keras_rcnn

NAMES = ("sky", "wet road", "tree")
PALETTE = ((0, 128, 255), (16, 17, 18), (0, 99, 0))


def feedback_model(stages="25x8p2,50x8", num_instances=3, deviation=0.04):
    """Returns a network, by default rCNN2, with weights that use all feedback.

    Args:
        stages: as for `from_stages`.
        num_instances: as for `from_stages`.
        deviation: standard deviation of the weights.
    """
    model = keras_rcnn.RecurrentCNN.from_stages(
        stages, 3, num_instances, NAMES, PALETTE
    )
    rng = np.random.default_rng(3)
    model.set_weights(
        [rng.normal(0, deviation, w.shape) for w in model.get_weights()]
    )
    return model


def smooth_photos(*sizes):
    """Returns a photo, on which whole regions get one label, for each size.

    Args:
        *sizes: height and width.
    """
    rng = np.random.default_rng(4)
    return [
        np.asarray(
            Image.fromarray(rng.integers(0, 256, (5, 7, 3), np.uint8)).resize(
                (width, height), Image.Resampling.BICUBIC
            )
        )
        for height, width in sizes
    ]
