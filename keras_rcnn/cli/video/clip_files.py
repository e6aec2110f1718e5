"""The files that are written of a clip, and what is known of its labels."""

import contextlib
import csv
import io
import json
import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder, write_file
from keras_rcnn.io.images import open_photo
from keras_rcnn.models.zoo import MODEL_FILE

_DIGITS = 6


class ClipFiles:
    """Names of the files of a clip in a folder.

    While the clip is being labeled, a file in the folder of the labels holds
    how far the work has come. Frames are complete when their labels are there.

    Args:
        folder: where to write.
        name: of the clip, without suffix.
        settings: all that the labels depend on, which JSON can hold.
        keep_png: whether the labels stay PNG files.

    Raises:
        InputError: if a folder cannot be made.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        name: str,
        settings: dict[str, Any],
        keep_png: bool,
    ) -> None:
        self.labels_folder = make_folder(folder / f"{name}_labels")
        self.uncertainty_folder = folder / f"{name}_uncertainty"
        self.overlay = folder / f"{name}_overlay.mp4"
        self.labels = (
            self.labels_folder if keep_png else folder / f"{name}_labels.mp4"
        )
        self.shares = folder / f"{name}_shares.csv"
        self.unfinished_video = self.labels_folder / "unfinished.mp4"
        self._progress = self.labels_folder / "unfinished.npz"
        self._settings = json.dumps(settings, sort_keys=True)
        self._keeps_png = keep_png

    def frame(self, index: int) -> pathlib.Path:
        """File of the labels of a frame."""
        return self.labels_folder / f"{index:0{_DIGITS}}.png"

    def uncertainty(self, index: int) -> pathlib.Path:
        """File of the uncertainty of a frame."""
        return self.uncertainty_folder / f"{index:0{_DIGITS}}.png"

    def read_labels(self, index: int) -> np.ndarray:
        """The labels of a frame, uint8 `(height, width)`."""
        with open_photo(self.frame(index)) as image:
            return np.array(image)

    def begin(self) -> tuple[int, np.ndarray | None]:
        """Begins, or continues a run that was interrupted.

        Labels of another run are removed.

        Returns:
            The number of frames that are complete, and the mean of the
            probabilities after them, if frames are averaged.
        """
        there = set(_frames_in(self.labels_folder))
        count, mean = self._read_progress() or (0, None)
        if there.issuperset(map(self.frame, range(count))) and count:
            return count, mean
        _remove(*there, *_frames_in(self.uncertainty_folder))
        self.save_progress(0, None)
        return 0, None

    def _read_progress(self) -> tuple[int, np.ndarray | None] | None:
        try:
            with np.load(self._progress, allow_pickle=False) as found:
                if str(found["settings"]) == self._settings:
                    mean = found["mean"]
                    return int(found["count"]), mean if mean.size else None
        except (OSError, ValueError, KeyError, EOFError):
            pass
        return None

    def save_progress(self, count: int, mean: np.ndarray | None) -> None:
        """Notes how many frames are complete.

        Raises:
            InputError: if the file cannot be written.
        """
        content = io.BytesIO()
        np.savez(
            content,
            settings=np.array(self._settings),
            count=np.array(count),
            mean=np.zeros(0) if mean is None else mean,
        )
        write_file(self._progress, content.getvalue())

    def remove_if_empty(self) -> None:
        """Removes the traces of a run that labeled no frame."""
        if not _frames_in(self.labels_folder):
            _remove(self._progress)
            with contextlib.suppress(OSError):
                self.labels_folder.rmdir()

    def finish(self) -> None:
        """Removes what only an unfinished run needs."""
        _remove(self._progress)
        for folder in (self.labels_folder, self.uncertainty_folder):
            # Files that were being written when a run was killed.
            _remove(*folder.glob(".*.part"))
        if not self._keeps_png:
            _remove(*_frames_in(self.labels_folder))
            # Files of the user may be there as well.
            with contextlib.suppress(OSError):
                self.labels_folder.rmdir()

    def write_shares(
        self,
        seconds: Sequence[float],
        shares: np.ndarray,
        class_names: Sequence[str],
    ) -> None:
        """Writes the share of each class in each frame as CSV.

        Raises:
            InputError: if the file cannot be written.
        """
        text = io.StringIO()
        table = csv.writer(text, lineterminator="\n")
        table.writerow(["frame", "seconds", *class_names])
        for index, (second, row) in enumerate(
            zip(seconds, shares.tolist(), strict=True)
        ):
            table.writerow([index, f"{second:.6f}", *row])
        write_file(self.shares, text.getvalue().encode())


def clip_settings(
    clip: pathlib.Path, models: Sequence[str], flags: dict[str, Any]
) -> dict[str, Any]:
    """What the labels of a clip depend on.

    Args:
        clip: the file.
        models: files, folders or names.
        flags: values by name.
    """
    files = [clip, *(file for model in models for file in _files_of(model))]
    return {
        "files": [
            [str(file), file.stat().st_size, file.stat().st_mtime_ns]
            for file in files
        ],
        "models": list(models),
        "flags": flags,
    }


def _files_of(model: str) -> list[pathlib.Path]:
    path = pathlib.Path(model).expanduser()
    if (path / MODEL_FILE).is_file():
        return [path / MODEL_FILE]
    if path.is_dir():
        return sorted(file for file in path.rglob("*") if file.is_file())
    return [path] if path.is_file() else []


def _frames_in(folder: pathlib.Path) -> list[pathlib.Path]:
    return [
        file
        for file in folder.glob("*.png")
        if file.stem.isdecimal() and len(file.stem) >= _DIGITS
        if file.is_file()
    ]


def _remove(*files: pathlib.Path) -> None:
    for file in files:
        try:
            file.unlink(missing_ok=True)
        except OSError as error:
            raise InputError(
                f"{file} cannot be removed ({error.strerror}): write to "
                "another folder."
            ) from error
