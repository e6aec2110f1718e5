"""What is counted, on whatever machine it happens."""

from typing import Any

from apache_beam.metrics import Metrics
from apache_beam.metrics.metric import MetricsFilter

_NAMESPACE = "keras_rcnn"
_NAMES = (
    "photos",
    "labeled",
    "labelled_before",
    "failures",
    "pixels",
    "batches",
    "models_loaded",
    "microseconds_in_model",
)


def count(name: str, number: int = 1) -> None:
    """Adds to a counter.

    - `photos`: rows of both tables;
    - `labeled`: files of labels written, or records;
    - `labelled_before`: those that were there already;
    - `failures`: rows of the table of failures;
    - `pixels`: of the photos labeled, at their own size;
    - `batches`: of equal size, as the model got them;
    - `models_loaded`: one for each process that labeled anything;
    - `microseconds_in_model`: of all processes together, without loading.
    """
    Metrics.counter(_NAMESPACE, name).inc(number)


def read_counters(result: Any) -> dict[str, int]:
    """All counters of a pipeline that has ended.

    Args:
        result: of the pipeline.
    """
    found = result.metrics().query(MetricsFilter().with_namespace(_NAMESPACE))[
        "counters"
    ]
    totals = dict.fromkeys(_NAMES, 0)
    for each in found:
        # Several steps may count the same.
        totals[each.key.metric.name] += each.result or 0
    return totals
