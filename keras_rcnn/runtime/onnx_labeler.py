"""Labels from ONNX files."""

import pathlib
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError, import_extra
from keras_rcnn.io.classes_file import CLASSES_FILE, read_classes
from keras_rcnn.labeling.labeler import DEFAULT_MEMORY_MB
from keras_rcnn.runtime.engine_labeler import EngineLabeler
from keras_rcnn.runtime.tile_context import TILES_FILE, TileContext

# The bytes of a constant of the graph, four numbers of float32, the first two
# in place of mean and standard deviation of the whole photo. With the bytes of
# a mean, below 256, the graph standardizes by these, else by its own.
NO_STATISTICS = b"keras_rcnn stats"
_MAX_PIXELS = 25_000_000


class OnnxLabeler(EngineLabeler):
    """Labels photos with an ONNX file and ONNX Runtime.

    Args:
        path: file that `export_onnx` wrote.
        num_threads: number of threads of ONNX Runtime.
        memory_mb: megabytes that labeling may take; photos that need more are
            labeled in tiles, with the same labels.

    Call arguments, input and output shape: see `Labeler`.

    Raises:
        InputError: if ONNX Runtime is not installed, or `export_onnx` did not
            write the file.
    """

    _statistics: tuple[float, ...] | None = None

    def __init__(
        self,
        path: str | pathlib.Path,
        num_threads: int = 2,
        memory_mb: float = DEFAULT_MEMORY_MB,
    ) -> None:
        self.path = path = pathlib.Path(path)
        self._num_threads = num_threads
        self._session = _session(path, num_threads)
        try:
            texts = self._session.get_modelmeta().custom_metadata_map
            self.class_names, self.palette = read_classes(texts[CLASSES_FILE])
            if TILES_FILE in texts:
                context = TileContext.from_text(texts[TILES_FILE])
                self.tiles = context.grid(memory_mb, _MAX_PIXELS)
            (takes,) = self._session.get_inputs()
            _, height, width, _ = takes.shape
        except (KeyError, ValueError) as error:
            raise _not_a_labeler(path) from error
        self.size = (height, width) if isinstance(height, int) else None

    def _run(self, photo: np.ndarray) -> np.ndarray:
        ((result,),) = self._session.run(None, {"images": photo[np.newaxis]})
        return result

    def _run_tile(
        self, window: np.ndarray, mean: np.ndarray, std: np.ndarray
    ) -> np.ndarray:
        session = self._session_for(mean.item(), std.item())
        ((result,),) = session.run(None, {"images": window[np.newaxis]})
        return result

    def _session_for(self, *statistics: float) -> Any:
        """The session for tiles of a photo."""
        if self._statistics != statistics:
            given = np.array([*statistics, 0, 0], np.float32).tobytes()
            content = self.path.read_bytes()
            if content.count(NO_STATISTICS) != 1:
                raise ValueError("it has no place for mean and deviation")
            content = content.replace(NO_STATISTICS, given)
            self._for_tiles = _session(self.path, self._num_threads, content)
            self._statistics = statistics
        return self._for_tiles


def _session(
    path: pathlib.Path, num_threads: int, content: bytes | None = None
) -> Any:
    onnxruntime = import_extra("onnxruntime", str(path), "onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = num_threads
    try:
        return onnxruntime.InferenceSession(
            content or str(path), options, providers=["CPUExecutionProvider"]
        )
    except Exception as error:  # Its errors have no base class in common.
        raise _not_a_labeler(path) from error


def _not_a_labeler(path: pathlib.Path) -> InputError:
    return InputError(
        f"{path} is no ONNX file that labels photos: give a file that "
        "`keras-rcnn export` wrote."
    )
