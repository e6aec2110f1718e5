"""Photos without labels, and why."""

from typing import Any, NamedTuple

import pyarrow as pa
from apache_beam.pvalue import TaggedOutput

from keras_rcnn.corpus.counters import count

# Beam's name for what leaves a step beside its results.
DEAD_LETTERS = "dead_letters"
DEAD_LETTER_SCHEMA = pa.schema([("path", pa.string()), ("reason", pa.string())])


class DeadLetter(NamedTuple):
    """A row of the table of failures.

    Args:
        path: the photo.
        reason: why it has no labels, and the mend.
    """

    path: str
    reason: str


def dead_letter(path: str, reason: Exception | str) -> Any:
    """A failure, counted and on its way beside the results of a step."""
    count("photos")
    count("failures")
    return TaggedOutput(DEAD_LETTERS, DeadLetter(path, str(reason)))
