"""Pictures that do not fit in memory, on disk."""

import pathlib
import tempfile
from types import TracebackType

import numpy as np

from keras_rcnn.errors import InputError

# EXIF orientations that transpose first, and those that mirror after that.
_TRANSPOSED = {5, 6, 7, 8}
_ROWS_MIRRORED = {3, 4, 7, 8}
_COLUMNS_MIRRORED = {2, 3, 6, 7}


class RawPicture:
    """A picture in a temporary file, which is read in windows.

    The file has no name, so it disappears with the process even if that is
    killed. It is not mapped into memory, because mapped pages count as memory
    of the process.

    Args:
        folder: folder for the temporary file.
        height: number of stored rows.
        width: number of stored columns.
        orientation: EXIF orientation of the stored picture, 1 to 8. Windows
            are read from the upright picture.

    Raises:
        InputError: from every method, if the disk is full or fails.

    >>> with RawPicture(tempfile.gettempdir(), 2, 3, orientation=6) as picture:
    ...     picture.append(np.arange(18, dtype=np.uint8).reshape(2, 3, 3))
    ...     picture.shape, picture[0:1, 0:2].tolist()
    ((3, 2, 3), [[[9, 10, 11], [0, 1, 2]]])
    """

    def __init__(
        self,
        folder: str | pathlib.Path,
        height: int,
        width: int,
        orientation: int = 1,
    ) -> None:
        self.orientation = orientation
        self._folder = folder
        self._stored = height, width
        turned = orientation in _TRANSPOSED
        self.shape = (width, height, 3) if turned else (height, width, 3)
        try:
            self._file = tempfile.TemporaryFile(buffering=0, dir=folder)
        except OSError as error:
            raise self._input_error(error) from error

    def __enter__(self) -> "RawPicture":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Deletes the file."""
        self._file.close()

    def append(self, strip: np.ndarray) -> None:
        """Stores the next rows, uint8 `(rows, width, 3)`."""
        try:
            rest = memoryview(strip.tobytes())
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            raise self._input_error(error) from error

    def __getitem__(self, place: tuple[slice, slice]) -> np.ndarray:
        """A window, uint8 `(rows, columns, 3)`, of the upright picture."""
        rows, columns = (
            range(length)[part]
            for part, length in zip(place, self.shape[:2], strict=True)
        )
        if self.orientation in _ROWS_MIRRORED:
            rows = _mirrored(rows, self.shape[0])
        if self.orientation in _COLUMNS_MIRRORED:
            columns = _mirrored(columns, self.shape[1])
        if self.orientation in _TRANSPOSED:
            window = self._read(columns, rows).transpose(1, 0, 2)
        else:
            window = self._read(rows, columns)
        if self.orientation in _ROWS_MIRRORED:
            window = window[::-1]
        if self.orientation in _COLUMNS_MIRRORED:
            window = window[:, ::-1]
        return np.ascontiguousarray(window)

    def _read(self, rows: range, columns: range) -> np.ndarray:
        window = np.empty((len(rows), len(columns), 3), np.uint8)
        width = self._stored[1]
        try:
            for index, row in enumerate(rows):
                self._file.seek(3 * (row * width + columns.start))
                if self._file.readinto(window[index].data) < window[index].size:
                    raise OSError(0, "it has been cut short")
        except OSError as error:
            raise self._input_error(error) from error
        return window

    def _input_error(self, error: OSError) -> InputError:
        height, width = self._stored
        return InputError(
            f"{self._folder} cannot hold the {3e-6 * height * width:.0f} MB of "
            f"a photo being labeled ({error.strerror}): free some space, or "
            "choose another output folder."
        )


def _mirrored(part: range, length: int) -> range:
    return range(length - part.stop, length - part.start)
