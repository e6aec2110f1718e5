"""Photos as they could have been taken as well."""

import numpy as np


def gray(photo: np.ndarray) -> np.ndarray:
    """Without its colors."""
    mean = photo.mean(axis=-1, keepdims=True)
    return np.repeat(mean, 3, axis=-1).astype(np.uint8)


def night(photo: np.ndarray) -> np.ndarray:
    """Dark, bluish and with the noise of a camera that sees little."""
    light = 90 * (photo / 255) ** 2.2 * np.array((0.7, 0.8, 1.2))
    return _add_noise(light, 6)


def noise(photo: np.ndarray) -> np.ndarray:
    """With strong noise at each pixel."""
    return _add_noise(photo, 40)


def _add_noise(photo: np.ndarray, deviation: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    noisy = photo + rng.normal(0, deviation, photo.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)
