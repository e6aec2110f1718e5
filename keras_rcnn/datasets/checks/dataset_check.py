"""What is in a data set, counted photo by photo."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.datasets.checks.checked_photos import CheckedPhoto
from keras_rcnn.datasets.checks.finding import Finding
from keras_rcnn.datasets.near_duplicates import thumbnail
from keras_rcnn.reports import color_blind_safe, overlay
from keras_rcnn.reports.html_report import encode_picture

SPLITS = ("train", "test")
_PICTURE_SIDE = 200


class DatasetCheck:
    """Looks at one photo after the other and keeps counts and thumbnails.

    Args:
        class_names: one for each label.
        palette: red, green and blue of each class, as the data set has it.
    """

    def __init__(
        self,
        class_names: tuple[str, ...],
        palette: tuple[tuple[int, int, int], ...],
    ) -> None:
        self.class_names = class_names
        self.palette = palette
        self.colors = color_blind_safe(palette)
        """Red, green and blue of each class in pictures."""
        self.names: list[str] = []
        self.splits: list[str] = []
        self.sizes: list[tuple[int, int] | None] = []
        """Height and width of each photo that could be read."""
        self.pictures: list[bytes | None] = []
        """Each photo beside its labels, scaled down, as a file."""
        self.counts = {split: np.zeros(256, np.int64) for split in SPLITS}
        """Pixels of each label."""
        self.photos_with = {split: np.zeros(256, np.int64) for split in SPLITS}
        """Photos that have each label."""
        self.thumbnails: list[np.ndarray] = []
        """Each photo as near-duplicates are found by."""
        self.findings: list[Finding] = []
        """What there is to say of single photos."""

    def add(self, photo: CheckedPhoto) -> None:
        """Looks at a photo."""
        number = len(self.names)
        self.names.append(photo.name)
        self.splits.append(photo.split)
        for text in photo.errors:
            self.findings.append(Finding(text, (number,), is_error=True))
        for text in photo.notes:
            self.findings.append(Finding(text, (number,)))
        if photo.label is not None:
            counts = np.bincount(photo.label.ravel(), minlength=256)
            self.counts[photo.split] += counts
            self.photos_with[photo.split] += counts > 0
        self._look_at(number, photo)

    def _look_at(self, number: int, photo: CheckedPhoto) -> None:
        if photo.image is None:
            self.sizes.append(None)
            self.pictures.append(None)
            self.thumbnails.append(thumbnail(np.zeros((1, 1, 3), np.uint8)))
            return
        height, width = photo.image.shape[:2]
        self.sizes.append((height, width))
        self.thumbnails.append(thumbnail(photo.image))
        if not self.thumbnails[-1].any():
            text = f"{photo.name} is of one color all over: look at it."
            self.findings.append(Finding(text, (number,)))
        shown = photo.image
        if photo.label is not None:
            labels = overlay(photo.image, photo.label, self.colors, 0.65)
            # The longer way is the better one on a phone.
            shown = np.concatenate([shown, labels], axis=int(height > width))
        self.pictures.append(encode_picture(shown, 2 * _PICTURE_SIDE, True))

    def shares(self, split: str) -> np.ndarray:
        """Of each class among the labeled pixels, `(num_classes,)`."""
        labeled = self.counts[split][: len(self.class_names)]
        return labeled / max(1, labeled.sum())

    @property
    def unknown(self) -> float:
        """Part of all pixels whose class is unknown."""
        counts = np.sum(list(self.counts.values()), axis=0)
        labeled = counts[: len(self.class_names)].sum()
        return float(1 - labeled / max(1, counts.sum()))

    def figures(self, findings: Sequence[Finding]) -> dict[str, Any]:
        """What there is to say, as JSON can hold it."""
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
