"""Independent NumPy oracles: plain loops, written from the definition."""

import numpy as np


def convolve(planes, kernel, bias):
    """Valid convolution (cross-correlation) by a loop over the kernel."""
    size = kernel.shape[0]
    height, width = (length - size + 1 for length in planes.shape[:2])
    result = np.tile(bias.astype(np.float64), (height, width, 1))
    for row in range(size):
        for column in range(size):
            part = planes[row : row + height, column : column + width]
            result += part @ kernel[row, column]
    return result


def max_pool(planes, size):
    """Maximum over blocks, what is left over dropped."""
    height, width = (length // size for length in planes.shape[:2])
    blocks = planes[: height * size, : width * size].reshape(
        height, size, width, size, -1
    )
    return blocks.max(axis=(1, 3))


class NumpyNetwork:
    """The recurrent network, applied to one standardized patch at a time."""

    def __init__(self, model):
        weights = [weight.astype(np.float64) for weight in model.get_weights()]
        self.layers = list(zip(weights[::2], weights[1::2], strict=True))
        self.feedback = model.feedback
        self.pools = [s.pool_size for s in model.conv_stack.stages]
        self.activation = {
            "tanh": np.tanh,
            "relu": lambda planes: np.maximum(planes, 0),
        }[model.conv_stack.activation.__name__]

    def stack(self, planes):
        """F of the paper: (height, width, channels) to score planes."""
        for (kernel, bias), pool in zip(self.layers, self.pools, strict=False):
            planes = self.activation(
                max_pool(convolve(planes, kernel, bias), pool)
            )
        return convolve(planes, *self.layers[-1])

    def score(self, patch, num_instances):
        """Scores of the middle pixel of a patch."""
        classes = self.layers[-1][1].size
        planes_in = self.layers[0][0].shape[2] - 3
        planes = np.zeros((*patch.shape[:2], planes_in))
        image = patch
        scores = None
        for instance in range(1, num_instances + 1):
            scores = self.stack(np.concatenate([planes, image], axis=-1))
            stride = int(np.prod(self.pools)) ** instance
            image = middle_blocks(patch, scores.shape[0], stride)
            planes = scores
            if self.feedback == "probabilities":
                powers = np.exp(scores - scores.max(axis=-1, keepdims=True))
                shares = powers / powers.sum(axis=-1, keepdims=True)
                planes = 4 * (shares - 1 / classes)
        assert scores.shape == (1, 1, classes)
        return scores[0, 0]

    def scores(self, image, num_instances, receptive_field, resolution=1):
        """One patch a pixel of a standardized image, a loop over all."""
        pad = (receptive_field - 1) // 2
        padded = np.pad(
            image.astype(np.float64), ((pad, pad), (pad, pad), (0, 0))
        )
        size = receptive_field
        return np.stack(
            [
                np.stack(
                    [
                        self.score(
                            padded[top : top + size, left : left + size],
                            num_instances,
                        )
                        for left in range(0, image.shape[1], resolution)
                    ]
                )
                for top in range(0, image.shape[0], resolution)
            ]
        )


def middle_blocks(patch, cells, stride):
    """A patch averaged to the planes of an instance, by the design's rule.

    The middle one of the cells, an odd number, is centered on the middle pixel
    of the patch and the others lie `stride` pixels apart. Behind each stands
    the mean of stride x stride pixels around its center; with an even stride,
    one more pixel on the far side than on the near one.
    """
    assert cells % 2 == 1
    middle = (patch.shape[0] - 1) // 2
    centers = [middle + stride * (u - cells // 2) for u in range(cells)]
    near, far = (stride - 1) // 2, stride // 2
    return np.array(
        [
            [
                patch[
                    row - near : row + far + 1,
                    column - near : column + far + 1,
                ].mean(axis=(0, 1))
                for column in centers
            ]
            for row in centers
        ]
    )
