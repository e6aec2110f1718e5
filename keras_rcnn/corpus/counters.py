"""Counters of a pipeline, on all of its machines."""

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
    - `labeled`: files or records of labels that were written;
    - `labelled_before`: files or records of labels that existed;
    - `failures`: rows of the table of failures;
    - `pixels`: pixels of the labeled photos at their own size;
    - `batches`: batches that the model labeled;
    - `models_loaded`: processes that loaded the model;
    - `microseconds_in_model`: sum over all processes, without loading.
    """
    Metrics.counter(_NAMESPACE, name).inc(number)


def read_counters(result: Any) -> dict[str, int]:
    """Returns all counters of a pipeline that has ended.

    Args:
        result: result of the pipeline.
    """
    found = result.metrics().query(MetricsFilter().with_namespace(_NAMESPACE))[
        "counters"
    ]
    totals = dict.fromkeys(_NAMES, 0)
    for each in found:
        # Several steps may use the same counter.
        totals[each.key.metric.name] += each.result or 0
    return totals
