"""Reads SIFT Flow from the archive of its authors."""

import io
import pathlib
from collections.abc import Callable, Collection, Iterator
from typing import Any, ClassVar

import numpy as np
import tensorflow_datasets as tfds

from keras_rcnn.datasets.matlab_size import check_unpacked_size
from keras_rcnn.datasets.scene_builder import SceneBuilder, photos
from keras_rcnn.datasets.source_files import read_source
from keras_rcnn.errors import InputError, import_extra

_PHOTOS = "spatial_envelope_256x256_static_8outdoorcategories"
_IMAGES = f"Images/{_PHOTOS}"
_LABELS = f"SemanticLabels/{_PHOTOS}/{{name}}.mat"
_TEST_LIST = "TestSet1.txt"


class Builder(SceneBuilder):
    """SIFT Flow, split into `train` and `test` by its authors' list."""

    MANUAL_DOWNLOAD_INSTRUCTIONS = """\
    Put `SiftFlowDataset.zip`, as its authors distribute it, into the manual
    folder, or unpack it there to a folder `SiftFlowDataset`. It is linked from
    https://www.cs.unc.edu/~jtighe/Papers/ECCV10/
    """
    ARCHIVE = "SiftFlowDataset.zip"
    HOMEPAGE = "https://www.cs.unc.edu/~jtighe/Papers/ECCV10/"
    CLASSES: ClassVar = {
        "awning": (255, 105, 180),
        "balcony": (205, 92, 92),
        "bird": (0, 0, 0),
        "boat": (255, 99, 20),
        "bridge": (130, 75, 95),
        "building": (178, 60, 50),
        "bus": (255, 0, 110),
        "car": (220, 20, 30),
        "cow": (120, 0, 60),
        "crosswalk": (245, 245, 245),
        "desert": (222, 184, 135),
        "door": (100, 40, 10),
        "fence": (150, 90, 200),
        "field": (190, 190, 60),
        "grass": (124, 200, 60),
        "moon": (255, 250, 190),
        "mountain": (150, 120, 70),
        "person": (250, 170, 40),
        "plant": (60, 150, 70),
        "pole": (60, 60, 160),
        "river": (70, 160, 190),
        "road": (128, 110, 140),
        "rock": (85, 95, 95),
        "sand": (245, 215, 160),
        "sea": (30, 90, 200),
        "sidewalk": (190, 170, 200),
        "sign": (0, 230, 230),
        "sky": (135, 206, 235),
        "staircase": (170, 140, 170),
        "streetlight": (200, 0, 220),
        "sun": (255, 240, 0),
        "tree": (20, 90, 40),
        "window": (90, 230, 160),
    }

    def _split_generators(
        self, dl_manager: tfds.download.DownloadManager
    ) -> dict[str, Any]:
        files = read_source(
            self._manual_dir(dl_manager), self.ARCHIVE, _is_wanted
        )
        test = _test_names(files)
        names = [name for name, _ in photos(files, _IMAGES)]
        splits = {
            "train": [name for name in names if name not in test],
            "test": [name for name in names if name in test],
        }
        for split, chosen in splits.items():
            if not chosen:
                raise InputError(
                    f"There is no photo of the split {split} in {_IMAGES}: get "
                    "the whole archive again."
                )
        return {
            split: self._generate_examples(files, chosen)
            for split, chosen in splits.items()
        }

    def _generate_examples(
        self, files: dict[str, bytes], names: Collection[str]
    ) -> Iterator[tuple[str, dict[str, Any]]]:
        for name in names:
            path = f"{_IMAGES}/{name}.jpg"
            label_path = _LABELS.format(name=name)
            if label_path not in files:
                raise InputError(
                    f"{path} has no labels: put {label_path} there or remove "
                    "the photo."
                )
            label = self._read_label(label_path, files[label_path])
            yield self._example(name, path, files[path], label)

    def _read_label(self, path: str, content: bytes) -> np.ndarray:
        """Labels, int64 `(height, width)`, -1 where unknown."""
        loadmat = _matlab_reader()
        try:
            check_unpacked_size(content)
            matrix = loadmat(io.BytesIO(content), spmatrix=False)
            label = np.asarray(matrix["S"]).astype(np.int64)
            names = [str(np.squeeze(name)) for name in matrix["names"].flat]
        except Exception as error:  # loadmat raises many kinds
            raise InputError(
                f"{path} is not a MATLAB file with S and names ({error}): get "
                "it again."
            ) from error
        # Some copies number the names: "0 awning", "1 balcony".
        names = [name.split(" ", 1)[-1].strip() for name in names]
        if tuple(names) != tuple(self.CLASSES):
            raise InputError(
                f"{path} has other classes than the 33 of SIFT Flow: get the "
                "folder SemanticLabels again."
            )
        if label.ndim != 2 or not label.size or label.min() < 0:
            raise InputError(
                f"{path} holds no matrix of labels from 0 on: get it again."
            )
        return label - 1


def _matlab_reader() -> Callable[..., dict[str, Any]]:
    scipy_io = import_extra("scipy.io", "The data set sift_flow", "data")
    loadmat: Callable[..., dict[str, Any]] = scipy_io.loadmat
    return loadmat


def _is_wanted(path: str) -> bool:
    return path == _TEST_LIST or (
        _PHOTOS in path
        and path.startswith(("Images/", "SemanticLabels/"))
        and path.endswith((".jpg", ".mat"))
    )


def _test_names(files: dict[str, bytes]) -> frozenset[str]:
    """Names of the test photos, some of which may be missing."""
    if _TEST_LIST not in files:
        raise InputError(
            f"{_TEST_LIST} is missing, which lists the test photos: get the "
            "whole archive again."
        )
    lines = files[_TEST_LIST].decode("utf-8", "replace").split("\n")
    paths = (pathlib.PureWindowsPath(line.strip()) for line in lines)
    return frozenset(path.stem for path in paths if path.name)
