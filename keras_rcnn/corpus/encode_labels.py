"""Labels encoded as PNG files."""

from collections.abc import Iterator
from typing import Any, NamedTuple

import apache_beam as beam

from keras_rcnn.corpus.counters import count
from keras_rcnn.corpus.dead_letters import dead_letter
from keras_rcnn.corpus.label_stats import LabelStats, label_png
from keras_rcnn.io.images import resize_labels


class EncodedLabels(NamedTuple):
    """Labels of a photo as a PNG file.

    Args:
        name: name of the labels.
        paths: all paths with this photo.
        stats: statistics of the labels.
        png: content of the file.
    """

    name: str
    paths: tuple[str, ...]
    stats: LabelStats
    png: bytes


class EncodeLabels(beam.DoFn):
    """Maps pairs of `Photo` and `Inference` to `EncodedLabels`.

    Args:
        num_classes: number of classes.
    """

    def __init__(self, num_classes: int) -> None:
        self.num_classes = num_classes

    def process(self, element: Any) -> Iterator[Any]:
        """Encodes labels at the size of their photo."""
        photo, inference = element
        if inference is None:
            for path in photo.paths:
                yield dead_letter(
                    path,
                    f"{path}, {photo.width}x{photo.height} pixels, is larger "
                    "than the SavedModel allows: scale it down "
                    "(--longest_side), or export the model with a larger "
                    "--max_megapixels.",
                )
            return
        labels = resize_labels(inference.labels, photo.height, photo.width)
        png, stats = label_png(
            labels, self.num_classes, inference.mean_confidence
        )
        count("labeled")
        count("pixels", labels.size)
        yield EncodedLabels(photo.name, photo.paths, stats, png)
