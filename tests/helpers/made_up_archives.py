"""Small archives in the layout of the published ones."""

import pathlib
import shutil

import numpy as np
import scipy.io
from PIL import Image

from keras_rcnn.datasets.sift_flow.sift_flow_dataset_builder import (
    Builder as SiftFlow,
)

SIFT_PHOTOS = "spatial_envelope_256x256_static_8outdoorcategories"


def write_photo(path: pathlib.Path, height: int, width: int) -> None:
    """Writes a noisy JPEG, the same for the same name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(len(path.name))
    pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(path)


def write_stanford(folder: pathlib.Path, num_photos: int = 7) -> pathlib.Path:
    """Photos of different sizes whose labels count up from 0."""
    root = folder / "iccv09Data"
    (root / "labels").mkdir(parents=True)
    (root / "horizons.txt").write_text("0000 10 8 4\n")
    for index in range(num_photos):
        height, width = 8 + index, 10
        name = f"{index:07d}"
        write_photo(root / "images" / f"{name}.jpg", height, width)
        rows = "\n".join(
            " ".join(str(value) for value in row)
            for row in stanford_label(height, width)
        )
        (root / "labels" / f"{name}.regions.txt").write_text(rows + "\n")
        (root / "labels" / f"{name}.surfaces.txt").write_text("9 9 9\n")
        (root / "labels" / f"{name}.layers.txt").write_text("x\n")
    (root / "images" / "._0000000.jpg").write_bytes(b"left by macOS")
    return root


def stanford_label(height: int, width: int) -> np.ndarray:
    """Labels -1 to 7 as in the archive."""
    return (np.arange(height * width) + 1).reshape(height, width) % 9 - 1


def write_sift_flow(folder: pathlib.Path) -> pathlib.Path:
    """Three photos to train and two to test, one without any label."""
    root = folder / "SiftFlowDataset"
    labels = [*map(sift_label, range(4)), np.zeros((256, 256))]
    names = "coast_a1", "coast_b2", "street_c3", "forest_d4", "highway_e5"
    for name, label in zip(names, labels, strict=True):
        write_photo(root / "Images" / SIFT_PHOTOS / f"{name}.jpg", 256, 256)
        path = root / "SemanticLabels" / SIFT_PHOTOS / f"{name}.mat"
        write_mat(path, label.astype(np.uint8))
    (root / "TestSet1.txt").write_text(
        f"{SIFT_PHOTOS}\\forest_d4.jpg\r\n"
        f"{SIFT_PHOTOS}\\not_there.jpg\r\n"
        f"{SIFT_PHOTOS}\\highway_e5.jpg\r\n"
    )
    return root


def sift_label(index: int) -> np.ndarray:
    """Labels 0 to 33 as in the archive."""
    return np.roll(np.arange(256 * 256) % 34, index).reshape(256, 256)


def write_mat(path: pathlib.Path, label: np.ndarray, **others: object) -> None:
    """Labels as a MATLAB file, with the names of the classes."""
    names = np.array(list(SiftFlow.CLASSES), object)
    path.parent.mkdir(parents=True, exist_ok=True)
    scipy.io.savemat(path, {"S": label, "names": names} | others)


def pack(root: pathlib.Path, kind: str) -> None:
    """Packs a folder beside itself (`gztar` or `zip`) and removes it."""
    shutil.make_archive(str(root), kind, root.parent, root.name)
    shutil.rmtree(root)
