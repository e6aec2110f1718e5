"""What the labelers of LiteRT and ONNX files share."""

import abc
import pathlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.labeling.bands import Band, label_bands
from keras_rcnn.labeling.batch_labeler import (
    BatchLabeler,
    LabelsAndProbabilities,
    no_probabilities,
)
from keras_rcnn.labeling.tiles import Span, TileGrid
from keras_rcnn.runtime.fixed_size import label_at_size


class EngineLabeler(BatchLabeler):
    """Labels photos one by one with an inference engine.

    A file for photos of one size gets every photo scaled to that size,
    whatever its shape, and the results are scaled back, as on a phone. A file
    for any size labels a photo that takes too much memory tile by tile.
    """

    path: pathlib.Path
    # Height and width of all photos, or None for any size.
    size: tuple[int, int] | None
    # How large photos are cut; None if the file does not state it.
    tiles: TileGrid | None = None

    @abc.abstractmethod
    def _run(self, photo: np.ndarray) -> np.ndarray:
        """Runs the engine.

        Args:
            photo: uint8 `(height, width, 3)`.

        Returns:
            What the file gives: labels `(height, width)`, or probabilities
            `(height, width, num_classes)`.
        """

    @abc.abstractmethod
    def _run_tile(
        self, window: np.ndarray, mean: np.ndarray, std: np.ndarray
    ) -> np.ndarray:
        """As `_run`, for a part of a photo.

        Args:
            window: uint8 `(height, width, 3)`.
            mean: mean of the photo, one float32.
            std: standard deviation of the photo, one float32.
        """

    def label_in_bands(
        self,
        image: Any,
        return_probabilities: bool = False,
        progress: Callable[[int], None] = lambda pixels: None,
        strips: Iterable[np.ndarray] | None = None,
    ) -> Iterator[Band]:
        """See `SceneLabeler.label_in_bands`.

        Raises:
            InputError: if the file does not state how to cut pictures.
        """
        for band in self._bands(image, progress, strips):
            if not return_probabilities:
                yield {"labels": band["labels"]}
            elif "probabilities" in band:
                yield band
            else:
                raise no_probabilities()

    def _label(
        self, photos: np.ndarray, probabilities: bool
    ) -> LabelsAndProbabilities:
        results = [self._label_photo(photo) for photo in photos]
        joined = {
            name: np.stack([result[name] for result in results])
            for name in results[0]
        }
        return joined["labels"], joined.get("probabilities")

    def _label_photo(self, photo: np.ndarray) -> Band:
        height, width, _ = photo.shape
        if self.tiles and height * width > self.tiles.max_pixels:
            bands = list(self._bands(photo))
            return {
                name: np.concatenate([band[name] for band in bands])
                for name in bands[0]
            }
        return self._results(
            lambda: label_at_size(self._run, photo, self.size), photo.shape
        )

    def _bands(
        self,
        image: Any,
        progress: Callable[[int], None] = lambda pixels: None,
        strips: Iterable[np.ndarray] | None = None,
    ) -> Iterator[Band]:
        """Labels, and probabilities if the file gives them."""
        if self.tiles is None:
            raise InputError(
                f"{self.path} does not state how to label a photo in parts: "
                "export it again for photos of any size, or scale the photo "
                "down."
            )

        def label_tile(
            window: np.ndarray, mean: Any, std: Any, row: Span, column: Span
        ) -> Band:
            results = self._results(
                lambda: self._run_tile(window, mean, std), window.shape
            )
            (above, _), (left, _) = row.margins, column.margins
            inner = np.s_[above : above + row.size, left : left + column.size]
            return {name: values[inner] for name, values in results.items()}

        return label_bands(image, self.tiles, label_tile, progress, strips)

    def _results(
        self, run: Callable[[], np.ndarray], shape: tuple[int, ...]
    ) -> Band:
        """What the file gives, checked, with labels in any case."""
        try:
            output = run()
        except InputError:
            raise
        except Exception as error:  # engines raise errors of any class
            reason = str(error).strip().split("\n", maxsplit=1)[0]
            raise self._damaged(reason) from error
        if output.shape[:2] != shape[:2]:
            raise self._damaged(f"an output of shape {output.shape}")
        gives_labels = output.ndim == 2
        labels = output if gives_labels else output.argmax(axis=-1)
        if labels.max(initial=0) >= len(self.class_names):
            raise self._damaged(f"the label {labels.max()}")
        results = {"labels": labels.astype(np.uint8)}
        return results if gives_labels else results | {"probabilities": output}

    def _damaged(self, reason: str) -> InputError:
        return InputError(
            f"{self.path} does not label this photo ({reason}): it may be "
            "damaged; export it again."
        )
