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


class NumpyPyramid:
    """The recurrent pyramid without normalization, one photo at a time."""

    def __init__(self, model):
        geometry = model.geometry
        self.levels, self.passes = geometry.levels, geometry.passes
        self.depth = geometry.depth
        weights = iter(w.astype(np.float64) for w in model.get_weights())
        self.stacks = {}
        for name, count, scales in (
            ("eye", 2, self.levels),
            ("down", self.depth, self.passes * self.levels),
            ("up", self.depth, self.passes * (self.levels - 1)),
        ):
            self.stacks[name] = [
                (
                    next(weights),
                    [next(weights) for _ in range(scales)],
                    [next(weights) for _ in range(scales)],
                )
                for _ in range(count)
            ]
        self.head = next(weights), next(weights)

    def apply(self, name, planes, scale, strides=1):
        """A stack at one scale; zeros surround the planes."""
        for kernel, gains, biases in self.stacks[name]:
            size = kernel.shape[0]
            before = (size - strides) // 2
            margin = (before, size - strides - before)
            padded = np.pad(planes, (margin, margin, (0, 0)))
            every = convolve(padded, kernel, np.zeros(kernel.shape[3]))
            cells = every[::strides, ::strides]
            planes = gains[scale] * np.maximum(
                cells + biases[scale] / gains[scale], 0
            )
        return planes

    def scores(self, photo):
        """Scores of every instance of a standardized photo, in order."""
        total = 4 * 2 ** (self.levels - 1)
        fill = [(0, -side % total) for side in photo.shape[:2]]
        image = np.pad(photo.astype(np.float64), (*fill, (0, 0)))
        seen = []
        for level in range(self.levels):
            seen.append(self.apply("eye", image, level, strides=2))
            image = blocks(image).mean(axis=(1, 3))
        width = self.head[0].shape[2]
        up = [np.zeros((*cells.shape[:2], width)) for cells in seen]
        found = []
        for number in range(self.passes):
            down = []
            for level, cells in enumerate(seen):
                before = np.zeros((*cells.shape[:2], width))
                if level:
                    before = blocks(down[-1]).max(axis=(1, 3))
                maps = [cells, before]
                if self.passes > 1:
                    maps.append(up[level])
                scale = number * self.levels + level
                state = self.apply("down", np.concatenate(maps, -1), scale)
                down.append(state + before)
            up[-1] = down[-1]
            for level in reversed(range(self.levels - 1)):
                above = up[level + 1].repeat(2, axis=0).repeat(2, axis=1)
                maps = np.concatenate([above, down[level]], -1)
                scale = number * (self.levels - 1) + level
                up[level] = self.apply("up", maps, scale) + above
            for state in reversed(up):
                found.append(convolve(state, *self.head))
        return found


def blocks(planes):
    """Blocks of 2 x 2 cells: `(rows, 2, columns, 2, channels)`."""
    height, width, channels = planes.shape
    return planes.reshape(height // 2, 2, width // 2, 2, channels)
