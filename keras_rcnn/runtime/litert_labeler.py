"""Labels from LiteRT files."""

import functools
import pathlib
import zipfile
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError, import_extra
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.labeling.labeler import DEFAULT_MEMORY_MB, TooLargeError
from keras_rcnn.runtime.engine_labeler import EngineLabeler
from keras_rcnn.runtime.tile_context import TILES_FILE, TileContext

MAX_PIXELS = 4_000_000
_MAX_TEXT = 2**20


class LiteRTLabeler(EngineLabeler):
    """Labels photos with a `.tflite` file and LiteRT's interpreter.

    Args:
        path: file that `export_litert` wrote.
        num_threads: number of threads of the interpreter.
        memory_mb: megabytes that labeling may take; photos that need more are
            labeled in tiles, with the same labels.

    Call arguments, input and output shape: see `Labeler`.

    Raises:
        InputError: if LiteRT is not installed, or `export_litert` did not
            write the file.
        TooLargeError: for photos of more than `MAX_PIXELS`, if the file does
            not state how to cut them.
    """

    def __init__(
        self,
        path: str | pathlib.Path,
        num_threads: int = 2,
        memory_mb: float = DEFAULT_MEMORY_MB,
    ) -> None:
        self.path = path = pathlib.Path(path)
        open_interpreter = _interpreter_class(path)
        try:
            texts = _texts(path)
            self.class_names, self.palette = read_classes(texts[CLASSES_FILE])
            if TILES_FILE in texts:
                context = TileContext.from_text(texts[TILES_FILE])
                self.tiles = context.grid(memory_mb, MAX_PIXELS)
            self._open = functools.partial(
                open_interpreter, num_threads=num_threads
            )
            self._interpreter = self._open(str(path))
            (takes,) = self._interpreter.get_input_details()
            _, *size, _ = takes["shape_signature"].tolist()
            self.size = None if -1 in size else tuple(size)
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
            limit = (
                f"LiteRT, which takes at most {MAX_PIXELS} pixels at once, and "
                f"{self.path} does not state how to cut it (export it again)"
            )
            raise TooLargeError(height, width, limit)
        return _invoke(self._interpreter, photo)

    def _run_tile(
        self, window: np.ndarray, mean: np.ndarray, std: np.ndarray
    ) -> np.ndarray:
        return _invoke(self._for_tiles, window, mean, np.float32(1) / std)

    @functools.cached_property
    def _for_tiles(self) -> Any:
        """An interpreter that takes the statistics of a photo."""
        from keras_rcnn.runtime.litert_graph import with_statistics_given

        # It has to keep the content that the interpreter reads.
        self._content = with_statistics_given(self.path.read_bytes())
        interpreter = self._open(model_content=self._content)
        interpreter.allocate_tensors()
        return interpreter


def _invoke(
    interpreter: Any, photo: np.ndarray, *others: np.ndarray
) -> np.ndarray:
    """Runs an interpreter, with `others` for its further inputs."""
    details, *more = interpreter.get_input_details()
    if details["shape"].tolist() != [1, *photo.shape]:
        interpreter.resize_tensor_input(details["index"], (1, *photo.shape))
        interpreter.allocate_tensors()
    interpreter.set_tensor(details["index"], photo[np.newaxis])
    for entry, value in zip(more, others, strict=True):
        interpreter.set_tensor(entry["index"], value.reshape(entry["shape"]))
    interpreter.invoke()
    (output,) = interpreter.get_output_details()
    (result,) = interpreter.get_tensor(output["index"])
    return result


def _texts(path: pathlib.Path) -> dict[str, str]:
    """The texts about classes and tiles in the archive after the graph."""
    texts = {}
    with zipfile.ZipFile(path) as archive:
        for name in {CLASSES_FILE, TILES_FILE}.intersection(archive.namelist()):
            if archive.getinfo(name).file_size > _MAX_TEXT:
                raise ValueError(f"{name} is huge")
            texts[name] = archive.read(name).decode()
    return texts


def _interpreter_class(path: pathlib.Path) -> Any:
    module = "ai_edge_litert.interpreter"
    return import_extra(module, str(path), "litert").Interpreter
