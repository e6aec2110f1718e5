"""Labels from LiteRT files."""

import pathlib
import zipfile
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.runtime.engine_labeler import EngineLabeler

MAX_PIXELS = 4_000_000
_MAX_CLASSES_FILE = 2**20


class LiteRTLabeler(EngineLabeler):
    """Labels photos with a `.tflite` file and LiteRT's interpreter.

    Args:
        path: file that `export_litert` wrote.
        num_threads: number of threads of the interpreter.

    Call arguments, input and output shape: see `Labeler`.

    Raises:
        InputError: if LiteRT is not installed, or `export_litert` did not
            write the file.
        TooLargeError: for photos of more than `MAX_PIXELS`, because LiteRT
            labels each photo in one piece.
    """

    def __init__(self, path: str | pathlib.Path, num_threads: int = 2) -> None:
        self.path = path = pathlib.Path(path)
        open_interpreter = _interpreter_class(path)
        try:
            with zipfile.ZipFile(path) as archive:
                if archive.getinfo(CLASSES_FILE).file_size > _MAX_CLASSES_FILE:
                    raise ValueError(f"{CLASSES_FILE} is huge")
                text = archive.read(CLASSES_FILE).decode()
            self.class_names, self.palette = read_classes(text)
            self._interpreter = open_interpreter(
                str(path), num_threads=num_threads
            )
            (self._input,) = self._interpreter.get_input_details()
            (self._output,) = self._interpreter.get_output_details()
            _, *size, _ = self._input["shape_signature"].tolist()
            self.size = None if -1 in size else tuple(size)
            if self.size:
                self._interpreter.allocate_tensors()
        except Exception as error:  # many kinds for damaged files
            reason = str(error).strip().split("\n", maxsplit=1)[0]
            raise InputError(
                f"{path} is no LiteRT file that labels photos ({reason}): "
                "give a file that `keras-rcnn export` wrote."
            ) from error

    def _run(self, photo: np.ndarray) -> np.ndarray:
        height, width, _ = photo.shape
        if height * width > MAX_PIXELS:
            limit = f"LiteRT, which takes at most {MAX_PIXELS} pixels"
            raise TooLargeError(height, width, limit)
        interpreter = self._interpreter
        (details,) = interpreter.get_input_details()
        if details["shape"].tolist() != [1, *photo.shape]:
            interpreter.resize_tensor_input(details["index"], (1, *photo.shape))
            interpreter.allocate_tensors()
        interpreter.set_tensor(self._input["index"], photo[np.newaxis])
        interpreter.invoke()
        (result,) = interpreter.get_tensor(self._output["index"])
        return result


def _interpreter_class(path: pathlib.Path) -> Any:
    try:
        from ai_edge_litert.interpreter import Interpreter
    except ModuleNotFoundError as error:
        raise missing_extra(str(path), "litert") from error
    return Interpreter
