"""Photos that could not be labeled."""

from typing import Any, NamedTuple

import pyarrow as pa
from apache_beam.pvalue import TaggedOutput

from keras_rcnn.corpus.counters import count

# Tag of the failures among the outputs of a step.
DEAD_LETTERS = "dead_letters"
DEAD_LETTER_SCHEMA = pa.schema([("path", pa.string()), ("reason", pa.string())])


class DeadLetter(NamedTuple):
    """A row of the table of failures.

    Args:
        path: path of the photo.
        reason: why it has no labels and how to fix that.
    """

    path: str
    reason: str


def dead_letter(path: str, reason: Exception | str) -> Any:
    """Counts a failure and returns it as an output of a step."""
    count("photos")
    count("failures")
    return TaggedOutput(DEAD_LETTERS, DeadLetter(path, str(reason)))
