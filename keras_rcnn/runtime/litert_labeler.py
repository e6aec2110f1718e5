"""LiteRT files as they label photos on a phone."""

import pathlib
import zipfile
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.runtime.fixed_size import label_at_size

MAX_PIXELS = 4_000_000


class LiteRTLabeler:
    """Labels photos by a `.tflite` file and LiteRT's interpreter.

    A file for photos of one size is given every photo scaled to it, whatever
    its shape, and the labels are scaled back, as phones do.

    Args:
        path: file that `export_litert` wrote.
        num_threads: of the interpreter.

    Call arguments:
        images: photos of one size, uint8.

    Input shape:
        `(batch, height, width, 3)`.

    Output shape:
        Labels, uint8 `(batch, height, width)`.

    Raises:
        InputError: if the file is not one that `export_litert` wrote, if
            LiteRT is not installed, or for photos of more than
            `MAX_PIXELS`, which it would label whole.
    """

    def __init__(self, path: str | pathlib.Path, num_threads: int = 2) -> None:
        path = pathlib.Path(path)
        open_interpreter = _interpreter_class(path)
        try:
            with zipfile.ZipFile(path) as archive:
                text = archive.read(CLASSES_FILE).decode()
            self.class_names, self.palette = read_classes(text)
            self._interpreter = open_interpreter(
                str(path), num_threads=num_threads
            )
            (self._input,) = self._interpreter.get_input_details()
            (self._output,) = self._interpreter.get_output_details()
            _, *size, _ = self._input["shape_signature"].tolist()
        except (OSError, KeyError, ValueError, zipfile.BadZipFile) as error:
            reason = str(error).split("\n", maxsplit=1)[0]
            raise InputError(
                f"{path} is no LiteRT file that labels photos ({reason}): "
                "give one that tools/export.py wrote."
            ) from error
        self.size = None if -1 in size else tuple(size)
        if self.size:
            self._interpreter.allocate_tensors()

    def __call__(self, images: Any) -> np.ndarray:
        """Labels photos."""
        return np.stack(
            [
                label_at_size(self._run, image, self.size)
                for image in np.asarray(images)
            ]
        )

    def _run(self, image: np.ndarray) -> np.ndarray:
        interpreter = self._interpreter
        (details,) = interpreter.get_input_details()
        if image.shape[0] * image.shape[1] > MAX_PIXELS:
            raise InputError(
                f"LiteRT labels at most {MAX_PIXELS} pixels at a time: scale "
                "photos down (--longest_side)."
            )
        if details["shape"].tolist() != [1, *image.shape]:
            interpreter.resize_tensor_input(details["index"], (1, *image.shape))
            interpreter.allocate_tensors()
        interpreter.set_tensor(self._input["index"], image[np.newaxis])
        interpreter.invoke()
        (result,) = interpreter.get_tensor(self._output["index"])
        if result.ndim == 3:
            result = result.argmax(axis=-1)
        return result.astype(np.uint8)


def _interpreter_class(path: pathlib.Path) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError as error:
        raise InputError(
            f"{path} needs LiteRT: run `pip install -e '.[litert]'` in the "
            "checkout, or give a .keras file or a SavedModel."
        ) from error
    return Interpreter
