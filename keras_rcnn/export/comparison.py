"""Exported files compared with the SavedModel: size, speed, accuracy."""

import pathlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import tqdm

from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.evaluation.speed.tables import number
from keras_rcnn.evaluation.speed.timing import interleave, seconds_of, spread
from keras_rcnn.io.quiet import quiet_libraries
from keras_rcnn.labeling.labeler import Labeler
from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix
from keras_rcnn.reports.markdown import markdown_table
from keras_rcnn.runtime.fixed_size import label_at_size
from keras_rcnn.runtime.loading import load_labeler
from keras_rcnn.runtime.saved_model_labeler import SavedModelLabeler

THREADS = (1, 2)
_SAVED_MODEL = "SavedModel"
Size = tuple[int, int]
Label = Callable[[np.ndarray], np.ndarray]
Row = dict[str, Any]


def compare(
    folder: pathlib.Path,
    output_resolution: int,
    files: Mapping[str, pathlib.Path],
    dataset: SceneDataset,
    size: Size,
    repeats: int = 20,
) -> list[Row]:
    """Labels the same photos with the SavedModel and with exported files.

    Each photo is scaled to `size`, or to the size that a file takes. A file is
    compared with the labels of the SavedModel for photos of the same size.

    Args:
        folder: SavedModel to compare with.
        output_resolution: output resolution of the files, which the SavedModel
            is asked for as well.
        files: `.tflite` and `.onnx` files by name.
        dataset: labeled photos to score with.
        size: height and width that photos are scaled to.
        repeats: number of timed runs for each file.

    Returns:
        A row for the SavedModel, then one for each file.
    """
    saved_model = SavedModelLabeler(folder, f"resolution_{output_resolution}")
    labelers = {name: _load(file) for name, file in files.items()}
    sizes = {name: _size(label) or size for name, label in labelers.items()}
    rows = _score(saved_model, labelers, dataset, {_SAVED_MODEL: size} | sizes)
    for name, file in files.items():
        rows[name]["bytes"] = file.stat().st_size
    for (name, threads), times in _time(
        saved_model, files, {_SAVED_MODEL: size} | sizes, repeats
    ).items():
        key = f"milliseconds_{threads}_threads"
        rows[name][key] = 1e3 * spread(times)["median"]
    return list(rows.values())


def _load(file: pathlib.Path, num_threads: int = THREADS[-1]) -> Labeler:
    # LiteRT prints notices at its start, at any log level.
    with quiet_libraries():
        return load_labeler(file, num_threads=num_threads)


def _size(labeler: Labeler) -> Size | None:
    """Returns the height and width of the photos of a file of fixed size."""
    return getattr(labeler, "size", None)


def markdown(rows: list[Row]) -> str:
    """Returns the rows as a Markdown table."""
    lines = []
    for row in rows:
        size = row.get("bytes")
        cells = (
            row["name"],
            f"{size / 1024:.1f}" if size else "-",
            *(number(row.get(f"milliseconds_{n}_threads")) for n in THREADS),
            f"{100 * row['agreement']:.3f} %",
            f"{100 * row['pixel_accuracy']:.2f} %",
        )
        lines.append(cells)
    header = (
        "file",
        "KB",
        "ms, 1 thread",
        "ms, 2 threads",
        "same label as the SavedModel",
        "pixel accuracy",
    )
    return markdown_table(header, lines).rstrip()


def _score(
    saved_model: Label,
    labelers: Mapping[str, Label],
    dataset: SceneDataset,
    sizes: Mapping[str, Size],
) -> dict[str, Row]:
    matrices = {name: ConfusionMatrix(dataset.num_classes) for name in sizes}
    alike = dict.fromkeys(sizes, 0)
    pixels = 0
    for example in tqdm.tqdm(
        dataset.examples.as_numpy_iterator(),
        "Comparing",
        dataset.num_examples,
        unit="photo",
        file=sys.stderr,
    ):
        photo = example["image"]
        expected = {
            size: label_at_size(saved_model, photo, size)
            for size in set(sizes.values())
        }
        pixels += example["label"].size
        for name, size in sizes.items():
            found = expected[size]
            if name in labelers:
                found = label_at_size(labelers[name], photo, size)
            matrices[name].update(example["label"], found)
            alike[name] += int(np.count_nonzero(found == expected[size]))
    return {
        name: {
            "name": name,
            "agreement": alike[name] / pixels,
            "pixel_accuracy": matrix.pixel_accuracy,
            "class_accuracy": matrix.class_accuracy,
        }
        for name, matrix in matrices.items()
    }


def _time(
    saved_model: Label,
    files: Mapping[str, pathlib.Path],
    sizes: Mapping[str, Size],
    repeats: int,
) -> dict[tuple[str, int], list[float]]:
    rng = np.random.default_rng(0)

    def timed(label: Label, size: Size) -> Callable[[], float]:
        photo = rng.integers(0, 256, (*size, 3), np.uint8)
        return lambda: seconds_of(lambda: label(photo))

    # The number of threads of TensorFlow is fixed when it starts.
    things = {
        (_SAVED_MODEL, THREADS[-1]): timed(saved_model, sizes[_SAVED_MODEL])
    }
    things |= {
        (name, threads): timed(_load(file, threads), sizes[name])
        for name, file in files.items()
        for threads in THREADS
    }
    return interleave(things, repeats, 60.0, "Timing")
