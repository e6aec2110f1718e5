"""What a data set contains, counted photo by photo."""

import pathlib
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import tqdm

from keras_rcnn.datasets.checks.checked_photos import (
    CheckedPhoto,
    photos_of_dataset,
    photos_of_folder,
)
from keras_rcnn.datasets.checks.finding import Finding
from keras_rcnn.datasets.folder import MAX_CLASSES, folder_layout
from keras_rcnn.datasets.masks import UnlistedValues
from keras_rcnn.datasets.near_duplicates import thumbnail
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError

SPLITS = ("train", "test")


class DatasetCheck:
    """Counts, sizes, thumbnails and findings, once `run` has seen the photos.

    Args:
        name: of the data set.
        class_names: one for each label.
        palette: red, green and blue of each class.
        photos: read one by one while the check runs.
        num_photos: number of photos.
        findings: findings that are known before any photo is read.
        check_values: see `FolderLayout`.
        counts_from_0: see `FolderLayout`.
    """

    def __init__(
        self,
        name: str,
        class_names: tuple[str, ...],
        palette: tuple[tuple[int, int, int], ...],
        photos: Iterable[CheckedPhoto],
        num_photos: int,
        findings: Iterable[Finding] = (),
        check_values: Callable[[np.ndarray], None] = lambda counts: None,
        counts_from_0: bool = False,
    ) -> None:
        self.name = name
        self.class_names = class_names
        self.palette = palette
        self._photos = photos
        self._num_photos = num_photos
        self.names: list[str] = []
        self.splits: list[str] = []
        self.sizes: list[tuple[int, int] | None] = []
        """Height and width of each photo; None if it cannot be read."""
        self.counts = {split: np.zeros(256, np.int64) for split in SPLITS}
        """Pixels of each label."""
        self.num_labeled = 0
        """Number of photos whose labels can be read."""
        self.counts_from_0 = counts_from_0
        self._unlisted: tuple[int, UnlistedValues] | None = None
        self.photos_with = {split: np.zeros(256, np.int64) for split in SPLITS}
        """Number of photos that have each label."""
        self.thumbnails: list[np.ndarray] = []
        """Result of `thumbnail` for each photo."""
        self._check_values = check_values
        self.findings = list(findings)
        """Findings about files and single photos."""

    def run(
        self, on_photo: Callable[[CheckedPhoto], None] | None = None
    ) -> None:
        """Checks all photos.

        Args:
            on_photo: called with each photo after it was checked.
        """
        for photo in tqdm.tqdm(
            self._photos,
            "Checking",
            self._num_photos,
            unit="photo",
            file=sys.stderr,
        ):
            self._add(photo)
            if on_photo:
                on_photo(photo)
        try:
            self._check_values(np.sum(list(self.counts.values()), axis=0))
        except InputError as error:
            self.findings.append(Finding(str(error), is_error=True))

    def _add(self, photo: CheckedPhoto) -> None:
        number = len(self.names)
        self.names.append(photo.name)
        self.splits.append(photo.split)
        for error in photo.errors:
            self._add_error(error, number)
        for text in photo.notes:
            self.findings.append(Finding(text, (number,)))
        if photo.label is not None:
            self.num_labeled += 1
            counts = np.bincount(photo.label.ravel(), minlength=256)
            self.counts[photo.split] += counts
            self.photos_with[photo.split] += counts > 0
        if photo.image is None:
            self.sizes.append(None)
            self.thumbnails.append(thumbnail(np.zeros((1, 1, 3), np.uint8)))
            return
        height, width, _ = photo.image.shape
        self.sizes.append((height, width))
        self.thumbnails.append(thumbnail(photo.image))
        if not self.thumbnails[-1].any():
            text = f"{photo.name} is of one color all over: look at it."
            self.findings.append(Finding(text, (number,)))

    def _add_error(self, error: InputError, number: int) -> None:
        """Adds an error of a photo; all values that are not listed are one."""
        photos: tuple[int, ...] = (number,)
        place = len(self.findings)
        if isinstance(error, UnlistedValues):
            if self._unlisted:
                place, first = self._unlisted
                error = first.with_mask(error)
                photos = (*self.findings[place].photos, number)
            self._unlisted = place, error
        self.findings[place : place + 1] = [
            Finding(str(error), photos, is_error=True)
        ]

    @property
    def all_labeled(self) -> bool:
        """Whether the labels of all photos can be read."""
        return 0 < self.num_labeled == len(self.names)

    def shares(self, split: str) -> np.ndarray:
        """Fraction of each class among the labeled pixels of a split.

        Returns:
            float64 `(num_classes,)`.
        """
        labeled = self.counts[split][: len(self.class_names)]
        return labeled / max(1, labeled.sum())

    @property
    def unknown(self) -> float:
        """Fraction of all pixels whose class is unknown."""
        counts = np.sum(list(self.counts.values()), axis=0)
        labeled = counts[: len(self.class_names)].sum()
        return float(1 - labeled / max(1, counts.sum()))

    def figures(self, findings: Sequence[Finding]) -> dict[str, Any]:
        """The content of the JSON report."""
        by_size = Counter(size for size in self.sizes if size)
        return {
            "num_images": len(self.names),
            "num_train": self.splits.count("train"),
            "num_test": self.splits.count("test"),
            "errors": [each.text for each in findings if each.is_error],
            "notes": [each.text for each in findings if not each.is_error],
            "unknown": self.unknown,
            "shares": {
                split: dict(
                    zip(
                        self.class_names,
                        self.shares(split).tolist(),
                        strict=True,
                    )
                )
                for split in SPLITS
            },
            "sizes": [
                {"height": height, "width": width, "num_images": count}
                for (height, width), count in by_size.most_common()
            ],
        }


def folder_check(
    folder: str | pathlib.Path,
    longest_side: int | None = None,
    ignore_label: Sequence[int] = (),
    group_by: str | None = None,
    bands: Sequence[int] = (),
    value_range: Sequence[float] = (),
) -> DatasetCheck:
    """The check of a folder of labeled photos, which `run` starts.

    Args:
        folder: in any layout that `load_dataset("folder", ...)` reads.
        longest_side: in pixels; photos are scaled down to it, as in training.
        ignore_label: see `load_dataset`.
        group_by: see `load_dataset`.
        bands: see `load_dataset`.
        value_range: see `load_dataset`.

    Raises:
        InputError: if there is no such folder, or if it does not say which
            classes and photos it has.
    """
    folder = pathlib.Path(folder).expanduser()
    layout = folder_layout(folder, ignore_label, group_by, bands, value_range)
    if not 2 <= len(layout.class_names) <= MAX_CLASSES:
        # Colors, pictures and the photos need the classes.
        raise InputError(layout.problems[0])
    return DatasetCheck(
        folder.resolve().name,
        layout.class_names,
        layout.palette,
        photos_of_folder(layout, longest_side),
        len(layout.photos),
        [
            *(Finding(text, is_error=True) for text in layout.problems),
            *(
                Finding(f"{path} is not used, as nothing labels or lists it.")
                for path in layout.unused
            ),
            *map(Finding, layout.notes),
        ],
        layout.check_values,
        layout.counts_from_0,
    )


def splits_check(splits: Mapping[str, SceneDataset]) -> DatasetCheck:
    """The check of any other data set, which `run` starts.

    Args:
        splits: its `train` and `test` photos.
    """
    dataset = splits["train"]
    return DatasetCheck(
        dataset.name,
        dataset.class_names,
        dataset.palette,
        (
            photo
            for split, part in splits.items()
            for photo in photos_of_dataset(part, split)
        ),
        sum(part.num_examples for part in splits.values()),
    )
