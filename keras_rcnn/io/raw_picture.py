"""Pictures too large for the memory, on disk."""

import pathlib
import tempfile
from types import TracebackType

import numpy as np

from keras_rcnn.errors import InputError

# What EXIF's orientations 5 to 8 do first, and what they and others do then.
_TRANSPOSED = {5, 6, 7, 8}
_ROWS_MIRRORED = {3, 4, 7, 8}
_COLUMNS_MIRRORED = {2, 3, 6, 7}


class RawPicture:
    """A picture in a file without a name, of which windows are read.

    The file is gone with the program, however that ends. It is read, not
    mapped into memory, as mapped pages count as memory of the program.

    Args:
        folder: where there is room for the file.
        height: rows stored.
        width: columns stored.
        orientation: how to turn what is stored, 1 to 8 as in EXIF.

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
        """Gives the disk back."""
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
        """The window of these rows and columns, uint8."""
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
            f"a photo being labeled ({error.strerror}): make room, or choose "
            "another --output_dir."
        )


def _mirrored(part: range, length: int) -> range:
    return range(length - part.stop, length - part.start)
