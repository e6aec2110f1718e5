"""Photos that have no labels yet, apart from those that have."""

from collections.abc import Iterator
from typing import Any

import apache_beam as beam
from apache_beam.pvalue import TaggedOutput

from keras_rcnn.corpus.counters import count

# What has labels already leaves `MissingLabels` by this name.
STORED = "stored"


class MissingLabels(beam.DoFn):
    """Groups of what has one name to its references, if there are no labels.

    Those with labels leave beside them, as name, paths and `LabelStats`.
    """

    def process(self, element: Any) -> Iterator[Any]:
        """Looks at a group.

        Args:
            element: name, and by `photos` and `stored` all references and what
                is known of the labels.
        """
        name, found = element
        # Patterns may overlap.
        references = tuple(sorted(set(found["photos"])))
        stored = list(found["stored"])
        if references and stored:
            count("labelled_before")
            paths = tuple(reference.path for reference in references)
            yield TaggedOutput(STORED, (name, paths, stored[0]))
        elif references:
            yield name, references
