"""A SavedModel for Beam's RunInference."""

import functools
import threading
import time
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import tensorflow as tf
from apache_beam.ml.inference.base import ModelHandler

from keras_rcnn.corpus import stored_files
from keras_rcnn.corpus.corpus_settings import CorpusSettings
from keras_rcnn.corpus.counters import count
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.runtime.saved_model_labeler import SavedModelLabeler


class Inference(NamedTuple):
    """Labels and their confidence.

    Args:
        labels: uint8 `(height, width)`.
        mean_confidence: mean of the largest probability over the pixels.
    """

    labels: np.ndarray
    mean_confidence: float


class SavedModelHandler(ModelHandler[np.ndarray, Inference | None, Any]):
    """Labels batches of photos of equal size.

    The first batch of each process loads the model, so that a run without
    missing labels loads none.

    Args:
        settings: model and settings.
        threads: threads of TensorFlow in each process; by default
            TensorFlow's own number.
    """

    def __init__(
        self, settings: CorpusSettings, threads: int | None = None
    ) -> None:
        super().__init__()
        self.settings = settings
        self.threads = threads

    def load_model(self) -> "LateLabeler":
        """Returns a labeler that loads the model when it is needed."""
        return LateLabeler(self.settings, self.threads)

    def run_inference(
        self,
        batch: Sequence[np.ndarray],
        model: "LateLabeler",
        inference_args: dict[str, Any] | None = None,
    ) -> Iterable[Inference | None]:
        """Labels a batch.

        Args:
            batch: photos, each uint8 `(height, width, 3)`.
            model: result of `load_model`.
            inference_args: unused.

        Returns:
            One result for each photo; None for a photo that is too large.
        """
        labeler = model.labeler
        start = time.perf_counter_ns()
        try:
            results = _label(labeler, np.stack(batch))
        except TooLargeError:
            # A single photo may fit where the batch does not.
            results = [_label_alone(labeler, photo) for photo in batch]
        count("microseconds_in_model", (time.perf_counter_ns() - start) // 1000)
        count("batches")
        return results

    def get_num_bytes(self, batch: Sequence[np.ndarray]) -> int:
        """Returns the bytes of a batch."""
        return sum(photo.nbytes for photo in batch)


class LateLabeler:
    """A labeler that is loaded when it is first used.

    Args:
        settings: model and settings.
        threads: threads of TensorFlow; by default TensorFlow's own number.
    """

    def __init__(self, settings: CorpusSettings, threads: int | None) -> None:
        self.settings = settings
        self.threads = threads
        self._turn = threading.Lock()

    @property
    def labeler(self) -> SavedModelLabeler:
        """The labeler, which the first thread loads."""
        with self._turn:
            return self._load

    @functools.cached_property
    def _load(self) -> SavedModelLabeler:
        _limit_threads(self.threads)
        settings = self.settings
        count("models_loaded")
        with stored_files.on_this_machine(
            settings.model, settings.model_files
        ) as folder:
            return SavedModelLabeler(
                folder, settings.signature, settings.trust_model
            )


def _limit_threads(threads: int | None) -> None:
    if threads is not None:
        tf.config.threading.set_inter_op_parallelism_threads(threads)
        tf.config.threading.set_intra_op_parallelism_threads(threads)


def _label(
    labeler: SavedModelLabeler, photos: np.ndarray
) -> list[Inference | None]:
    labels, confidence = labeler.label_with_confidence(photos)
    if confidence is None:
        raise TypeError("the signature gives no probabilities")
    return [
        Inference(each, float(np.mean(probability, dtype=np.float64)))
        for each, probability in zip(labels, confidence, strict=True)
    ]


def _label_alone(
    labeler: SavedModelLabeler, photo: np.ndarray
) -> Inference | None:
    try:
        return _label(labeler, photo[np.newaxis])[0]
    except TooLargeError:
        return None
