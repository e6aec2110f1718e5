"""Labels from ONNX files."""

import pathlib
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.runtime.engine_labeler import EngineLabeler


class OnnxLabeler(EngineLabeler):
    """Labels photos with an ONNX file and ONNX Runtime.

    Args:
        path: file that `export_onnx` wrote.
        num_threads: number of threads of ONNX Runtime.

    Call arguments, input and output shape: see `Labeler`.

    Raises:
        InputError: if ONNX Runtime is not installed, or `export_onnx` did not
            write the file.
    """

    def __init__(self, path: str | pathlib.Path, num_threads: int = 2) -> None:
        self.path = path = pathlib.Path(path)
        self._session = _session(path, num_threads)
        try:
            text = self._session.get_modelmeta().custom_metadata_map
            self.class_names, self.palette = read_classes(text[CLASSES_FILE])
            (takes,) = self._session.get_inputs()
            _, height, width, _ = takes.shape
        except (KeyError, ValueError) as error:
            raise _not_a_labeler(path) from error
        self.size = (height, width) if isinstance(height, int) else None

    def _run(self, photo: np.ndarray) -> np.ndarray:
        ((result,),) = self._session.run(None, {"images": photo[np.newaxis]})
        return result


def _session(path: pathlib.Path, num_threads: int) -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise missing_extra(str(path), "onnx") from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # Its errors have no base class in common.
        raise _not_a_labeler(path) from error


def _not_a_labeler(path: pathlib.Path) -> InputError:
    return InputError(
        f"{path} is no ONNX file that labels photos: give a file that "
        "`keras-rcnn export` wrote."
    )
