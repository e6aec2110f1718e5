"""Base class of the builders of published data sets."""

import io
import pathlib
from collections.abc import Iterator
from typing import Any, ClassVar

import numpy as np
import tensorflow as tf
import tensorflow_datasets as tfds

from keras_rcnn.errors import InputError
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.io.pictures import (
    UNREADABLE,
    TooManyPixelsError,
    open_picture,
)


class SceneBuilder(tfds.core.GeneratorBasedBuilder):
    """A published data set of labeled photos, read from `manual_dir`.

    Subclasses define the constants below, `_split_generators` and
    `_generate_examples`.
    """

    VERSION = tfds.core.Version("1.0.0")
    RELEASE_NOTES: ClassVar[dict[str, str]] = {"1.0.0": "First release."}

    ARCHIVE: ClassVar[str]
    HOMEPAGE: ClassVar[str]
    # Red, green and blue of each class, in the order of the labels.
    CLASSES: ClassVar[dict[str, tuple[int, int, int]]]

    def _info(self) -> tfds.core.DatasetInfo:
        return self.dataset_info_from_configs(
            features=tfds.features.FeaturesDict(
                {
                    "image": tfds.features.Image(shape=(None, None, 3)),
                    "label": tfds.features.Image(
                        shape=(None, None, 1),
                        dtype=np.uint8,
                        encoding_format="png",
                    ),
                    "name": tfds.features.Text(),
                }
            ),
            homepage=self.HOMEPAGE,
        )

    def _manual_dir(
        self, dl_manager: tfds.download.DownloadManager
    ) -> pathlib.Path:
        try:
            return pathlib.Path(dl_manager.manual_dir)
        except AssertionError as error:  # missing or empty
            reason = str(error).split(". ")[0]
            raise InputError(
                f"{reason}: put {self.ARCHIVE} there as its authors "
                "distribute it."
            ) from error

    def _example(
        self, name: str, path: str, image: bytes, label: np.ndarray
    ) -> tuple[str, dict[str, Any]]:
        """Checks a labeled photo and returns its key and its features.

        Args:
            name: of the photo.
            path: of the photo, for errors.
            image: the photo as a JPEG file.
            label: int `(height, width)`, negative where unknown.
        """
        size = _jpeg_size(path, image)
        if label.shape != size:
            raise InputError(
                f"{path} is {size[1]}x{size[0]} pixels and its labels are "
                f"{label.shape[1]}x{label.shape[0]}: both must be of one "
                "size; get both files again or remove them."
            )
        if label.max(initial=0) >= len(self.CLASSES):
            raise InputError(
                f"The labels of {path} hold {label.max()}: there are classes "
                f"0 to {len(self.CLASSES) - 1} only; get the labels again "
                "or remove the photo."
            )
        label = np.where(label < 0, IGNORE_LABEL, label).astype(np.uint8)
        return name, {
            "image": io.BytesIO(image),
            "label": label[:, :, np.newaxis],
            "name": name,
        }


def photos(files: dict[str, bytes], folder: str) -> Iterator[tuple[str, str]]:
    """Name and path of every JPEG in a folder, sorted.

    Raises:
        InputError: if there is none.
    """
    paths = sorted(
        path
        for path in files
        if path.startswith(f"{folder}/") and path.endswith(".jpg")
    )
    if not paths:
        raise InputError(
            f"There is no photo in {folder}: get the whole archive again."
        )
    for path in paths:
        yield pathlib.PurePosixPath(path).stem, path


def _jpeg_size(path: str, content: bytes) -> tuple[int, int]:
    # The same decoder reads the photo later, so it cannot fail then.
    try:
        # Refuses huge pictures before they are decoded.
        with open_picture(path, content):
            pass
        image = tf.io.decode_image(content, 3, expand_animations=False)
    except TooManyPixelsError:
        raise
    except (tf.errors.InvalidArgumentError, *UNREADABLE) as error:
        raise InputError(
            f"{path} is not a whole JPEG: get it again or remove it."
        ) from error
    return image.shape[0], image.shape[1]
