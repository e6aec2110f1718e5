"""Changes of a photo: gray, dark, noisy."""

import numpy as np


def gray(photo: np.ndarray) -> np.ndarray:
    """The mean of the color channels."""
    mean = photo.mean(axis=-1, keepdims=True)
    return np.repeat(mean, 3, axis=-1).astype(np.uint8)


def night(photo: np.ndarray) -> np.ndarray:
    """Dark and bluish, with some noise, as from a camera at night."""
    light = 90 * (photo / 255) ** 2.2 * np.array((0.7, 0.8, 1.2))
    return _add_noise(light, 6)


def noise(photo: np.ndarray) -> np.ndarray:
    """Strong noise at each pixel."""
    return _add_noise(photo, 40)


def _add_noise(photo: np.ndarray, std: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    noisy = photo + rng.normal(0, std, photo.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
