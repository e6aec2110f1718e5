"""Photos on which `--auto` is compared with plans made by hand."""

import dataclasses
from collections.abc import Iterator, Sequence

import numpy as np
from PIL import Image

from keras_rcnn.datasets import synthetic
from keras_rcnn.datasets.in_memory import examples_in_memory
from keras_rcnn.datasets.load import load_dataset
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.io.images import resize_labels, scale_down

Photo = tuple[np.ndarray, np.ndarray]
SCENES = ("scenes_1", "scenes_2", "scenes_4", "mosaics_2", "mosaics_4")
REAL = ("stanford_20", "stanford_100", "stanford", "sift_flow")
# Photos to train on and to score on.
_SCENES, _TESTED = 60, 40


def load_set(
    name: str, data_dir: str | None, fold: int
) -> tuple[SceneDataset, SceneDataset]:
    """The photos to train on and other photos to score on, of full size.

    Args:
        name: one of `SCENES` or `REAL`. `scenes_4` are generated scenes,
            magnified 4 times; `mosaics_4` have 4x4 different scenes in a photo;
            `stanford_20` has 20 training photos.
        data_dir: where the real data sets were prepared.
        fold: of the photos to score on; other scenes for another number.
    """
    kind, _, number = name.partition("_")
    if name in SCENES:
        draw = {"scenes": magnified, "mosaics": mosaic}[kind]
        training, test = (
            _dataset(
                name,
                [draw(int(number), (fold, part, n)) for n in range(count)],
            )
            for part, count in enumerate((_SCENES, _TESTED))
        )
        return training, test
    dataset = name if name == "sift_flow" else "stanford_background"
    # The official test list of SIFT Flow is not in its development part.
    number_of_fold = fold + 1 if dataset == "sift_flow" else fold
    training, test = (
        load_dataset(dataset, data_dir, split, number_of_fold)
        for split in ("train", "test")
    )
    return _some(training, int(number)) if number.isdigit() else training, test


def magnified(times: int, seed: Sequence[int]) -> Photo:
    """A generated scene, `times` as large, with smooth borders."""
    image, label = synthetic.draw_scene(np.random.default_rng(seed))
    size = (times * label.shape[1], times * label.shape[0])
    maps = np.stack(
        [
            _resize((label == each).astype(np.float32), size)
            for each in range(len(synthetic.CLASS_NAMES))
        ]
    )
    return _resize(image, size), maps.argmax(axis=0).astype(np.uint8)


def mosaic(times: int, seed: Sequence[int]) -> Photo:
    """A photo of `times` x `times` generated scenes."""
    rows = [
        [
            synthetic.draw_scene(np.random.default_rng((*seed, row, column)))
            for column in range(times)
        ]
        for row in range(times)
    ]
    image, label = (
        np.concatenate(
            [np.concatenate([s[part] for s in row], axis=1) for row in rows]
        )
        for part in (0, 1)
    )
    return image, label


def scaled(dataset: SceneDataset, longest_side: int) -> SceneDataset:
    """The photos and labels, scaled down as `train` does."""
    return _with_photos(
        dataset,
        [
            (image, resize_labels(label, *image.shape[:2]))
            for whole, label in photos_of(dataset)
            for image in [scale_down(whole, longest_side)]
        ],
    )


def photos_of(dataset: SceneDataset) -> Iterator[Photo]:
    """The photos and their labels."""
    for example in dataset.examples.as_numpy_iterator():
        yield example["image"], example["label"]


def _some(dataset: SceneDataset, count: int) -> SceneDataset:
    chosen = np.zeros(dataset.num_examples, bool)
    order = np.random.default_rng(0).permutation(dataset.num_examples)
    chosen[order[:count]] = True
    return dataset.select(chosen)


def _dataset(name: str, photos: Sequence[Photo]) -> SceneDataset:
    empty = SceneDataset(
        name, synthetic.CLASS_NAMES, synthetic.PALETTE, None, 0
    )
    return _with_photos(empty, photos)


def _with_photos(
    dataset: SceneDataset, photos: Sequence[Photo]
) -> SceneDataset:
    images, labels = zip(*photos, strict=True)
    names = [str(number) for number in range(len(photos))]
    return dataclasses.replace(
        dataset,
        examples=examples_in_memory(images, labels, names),
        num_examples=len(photos),
        files=(),
    )


def _resize(picture: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    resized = Image.fromarray(picture).resize(size, Image.Resampling.BICUBIC)
    return np.asarray(resized)
