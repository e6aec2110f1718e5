"""Connected regions of label maps."""

import numpy as np


def connected_regions(label: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The regions of pixels that touch at a side and have one class.

    Args:
        label: integers `(height, width)`.

    Returns:
        The class and the number of pixels of each region.

    >>> connected_regions(np.array([[7, 7, 2], [2, 7, 2], [2, 2, 7]]))
    (array([7, 2, 2, 7]), array([3, 2, 3, 1]))
    """
    pixels = np.arange(label.size).reshape(label.shape)
    pairs = np.concatenate(
        [
            np.stack([one[same], other[same]])
            for one, other, same in (
                (pixels[1:], pixels[:-1], label[1:] == label[:-1]),
                (pixels[:, 1:], pixels[:, :-1], label[:, 1:] == label[:, :-1]),
            )
        ],
        axis=1,
    )
    # Each pixel refers to the first known pixel of its region.
    first = np.arange(label.size)
    while pairs.size:
        low, high = np.sort(first[pairs], axis=0)
        np.minimum.at(first, high, low)
        while not np.array_equal(first, first[first]):
            first = first[first]
        one, other = first[pairs]
        pairs = pairs[:, one != other]
    firsts, counts = np.unique(first, return_counts=True)
    return label.ravel()[firsts], counts
