"""Generated scenes, whose small patches are ambiguous without context.

Sky and water have the same texture, and so have mountain and road, so that a
small patch does not distinguish them. Their position relative to the horizon
does. Trees and buildings have textures of their own.
"""

import numpy as np
import tensorflow as tf
from PIL import Image

from keras_rcnn.datasets.scene_dataset import SceneDataset

CLASS_NAMES = ("sky", "mountain", "tree", "road", "water", "building")
PALETTE = (
    (135, 206, 235),
    (150, 120, 70),
    (20, 90, 40),
    (128, 110, 140),
    (30, 90, 200),
    (178, 60, 50),
)
SKY, MOUNTAIN, TREE, ROAD, WATER, BUILDING = range(6)

_HEIGHT, _WIDTH = 120, 160
_NUM_IMAGES = {"train": 200, "test": 40}
_ROWS, _COLUMNS = np.mgrid[:_HEIGHT, :_WIDTH]


def synthetic_scenes(split: str = "train", seed: int = 0) -> SceneDataset:
    """Scenes of 120x160 pixels, drawn in a second or two.

    Args:
        split: `train` (200 scenes), `test` (40 other scenes) or `all`.
        seed: of all scenes.
    """
    splits = list(_NUM_IMAGES) if split == "all" else [split]
    images, labels, names = [], [], []
    for name in splits:
        for index in range(_NUM_IMAGES[name]):
            stream = list(_NUM_IMAGES).index(name)
            image, label = draw_scene(
                np.random.default_rng((seed, stream, index))
            )
            images.append(image)
            labels.append(label)
            names.append(f"{name}_{index:03d}")
    examples = tf.data.Dataset.from_tensor_slices(
        {"image": np.array(images), "label": np.array(labels), "name": names}
    )
    return SceneDataset("synthetic", CLASS_NAMES, PALETTE, examples, len(names))


def draw_scene(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """A random scene, painted from the back to the front.

    Returns:
        Photo, uint8 `(120, 160, 3)`, and labels, uint8 `(120, 160)`.
    """
    label = np.full((_HEIGHT, _WIDTH), SKY, np.uint8)
    horizon = rng.uniform(0.35, 0.65) * _HEIGHT
    ridge = horizon - rng.uniform(14, 30) - _noise(rng, 1, 5, 12)[:1]
    label[_ROWS > ridge] = MOUNTAIN
    label[_ROWS > horizon] = _ground(rng, horizon)[_ROWS > horizon]
    buildings = np.zeros_like(label, bool)
    for _ in range(rng.integers(0, 3)):
        buildings |= _building(rng, horizon)
    label[buildings] = BUILDING
    for _ in range(rng.integers(1, 4)):
        label[_tree(rng, horizon)] = TREE
    # A light line at the horizon separates mountain and road.
    verge = (np.abs(_ROWS - horizon - 2) < 2) & ~buildings & (label != TREE)
    return _paint(rng, label, verge), label


def _ground(rng: np.random.Generator, horizon: float) -> np.ndarray:
    """Water and road, separated by a line from the horizon to the bottom."""
    top, bottom = rng.uniform(0.1, 0.9, 2) * _WIDTH
    depth = (_ROWS - horizon) / (_HEIGHT - horizon)
    left = _COLUMNS < top + (bottom - top) * depth + _noise(rng, 6, 1, 3)
    return np.where(left ^ (rng.random() < 0.5), WATER, ROAD)


def _building(rng: np.random.Generator, horizon: float) -> np.ndarray:
    width, height = rng.uniform(20, 40), rng.uniform(25, 50)
    left = rng.uniform(0, _WIDTH - width)
    base = horizon + rng.uniform(2, 10)
    return (
        (_COLUMNS >= left)
        & (_COLUMNS < left + width)
        & (_ROWS > base - height)
        & (_ROWS <= base)
    )


def _tree(rng: np.random.Generator, horizon: float) -> np.ndarray:
    """A crown with a rough edge, with its lower end near the horizon."""
    radius = rng.uniform(9, 17)
    row = horizon + rng.uniform(0, 12) - radius
    column = rng.uniform(0, _WIDTH)
    distance = np.hypot((_ROWS - row) / 1.3, _COLUMNS - column)
    return distance + _noise(rng, 15, 20, 3) < radius


def _paint(
    rng: np.random.Generator, label: np.ndarray, verge: np.ndarray
) -> np.ndarray:
    blue = np.array([110, 150, 190]) + rng.uniform(-20, 20, 3)
    gray = np.array([125, 120, 110]) + rng.uniform(-20, 20) * np.ones(3)
    # Streaks are both clouds and waves; patches are both rock and asphalt.
    streaks = _noise(rng, 40, 5, 22)[..., None]
    patches = _noise(rng, 40, 50, 30)[..., None]
    leaves = _noise(rng, 60, 80, 30)[..., None]
    windows = ((_ROWS % 8 < 4) & (_COLUMNS % 8 < 4))[..., None]
    colors = {
        SKY: blue + streaks,
        WATER: blue + streaks,
        MOUNTAIN: gray + patches,
        ROAD: gray + patches,
        TREE: np.array([40, 85, 45]) + leaves,
        BUILDING: np.where(windows, 60, [185, 120, 95]) + patches / 4,
    }
    image = np.zeros((*label.shape, 3))
    for value, color in colors.items():
        image = np.where(label[..., None] == value, color, image)
    image = np.where(verge[..., None], gray + 70, image)
    image += rng.normal(0, 5, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8)


def _noise(
    rng: np.random.Generator, rows: int, columns: int, amplitude: float
) -> np.ndarray:
    """Smooth noise over the scene, from a grid of rows x columns values."""
    values = rng.uniform(-amplitude, amplitude, (rows + 1, columns + 1))
    noise = Image.fromarray(values.astype(np.float32))
    return np.asarray(noise.resize((_WIDTH, _HEIGHT), Image.Resampling.BICUBIC))
