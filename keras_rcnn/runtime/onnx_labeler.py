"""ONNX files as ONNX Runtime labels photos with them."""

import pathlib
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.runtime.fixed_size import label_at_size


class OnnxLabeler:
    """Labels photos by an ONNX file that `export_onnx` wrote.

    Args:
        path: the file.
        num_threads: of ONNX Runtime.

    Call arguments:
        images: photos of one size, uint8; scaled to the file's size if it
            is for photos of one size.

    Input shape:
        `(batch, height, width, 3)`.

    Output shape:
        Labels, uint8 `(batch, height, width)`.

    Raises:
        InputError: if the file is not one that `export_onnx` wrote, or
            ONNX Runtime is not installed.
    """

    def __init__(self, path: str | pathlib.Path, num_threads: int = 2) -> None:
        path = pathlib.Path(path)
        self._session = _session(path, num_threads)
        try:
            text = self._session.get_modelmeta().custom_metadata_map
            self.class_names, self.palette = read_classes(text[CLASSES_FILE])
            (takes,) = self._session.get_inputs()
            _, height, width, _ = takes.shape
        except (KeyError, ValueError) as error:
            raise InputError(
                f"{path} is no ONNX file that labels photos: give one that "
                "tools/export.py wrote."
            ) from error
        self.size = (height, width) if isinstance(height, int) else None

    def __call__(self, images: Any) -> np.ndarray:
        """Labels photos."""
        return np.stack(
            [
                label_at_size(self._run, image, self.size)
                for image in np.asarray(images)
            ]
        )

    def _run(self, image: np.ndarray) -> np.ndarray:
        ((result,),) = self._session.run(None, {"images": image[np.newaxis]})
        if result.ndim == 3:
            result = result.argmax(axis=-1)
        return result.astype(np.uint8)


def _session(path: pathlib.Path, num_threads: int) -> Any:
    try:
        import onnxruntime
    except ModuleNotFoundError as error:
        raise InputError(
            f"{path} needs ONNX Runtime: run `pip install -e '.[onnx]'` in "
            "the checkout, or give a .keras file or a SavedModel."
        ) from error
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    try:
        return onnxruntime.InferenceSession(
            str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # Its errors have no class in common.
        raise InputError(
            f"{path} is no ONNX file that can be read: give one that "
            "tools/export.py wrote."
        ) from error
