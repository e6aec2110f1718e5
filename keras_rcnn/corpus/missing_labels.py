"""Photos that have no labels yet."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from keras_rcnn.corpus.counters import count

# Tag of the photos that have labels already.
STORED = "stored"


class MissingLabels(beam.DoFn):
    """Passes on the names and references of photos without labels.

    Photos with labels get the tag `STORED`, with name, paths and `LabelStats`.
    """

    def process(self, element: Any) -> Iterator[Any]:
        """Checks a group.

        Args:
            element: name, and a dictionary with all references (`photos`) and
                statistics (`stored`).
        """
        name, found = element
        # Patterns may overlap, so references may repeat.
        references = tuple(sorted(set(found["photos"])))
        stored = list(found["stored"])
        if references and stored:
            count("labelled_before")
            paths = tuple(reference.path for reference in references)
            yield TaggedOutput(STORED, (name, paths, stored[0]))
        elif references:
            yield name, references
