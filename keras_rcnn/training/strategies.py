"""The devices of a run: one, all of a machine, or of several machines."""

import contextlib
import json
import os
import re
from collections.abc import Iterator

import tensorflow as tf

from keras_rcnn.errors import InputError

STRATEGIES = ("none", "mirrored", "multi_worker")
# Errors TensorFlow raises, nondeterministically, when a worker is lost.
_WORKER_IS_LOST = (
    tf.errors.AbortedError,
    tf.errors.CancelledError,
    tf.errors.DeadlineExceededError,
    tf.errors.InternalError,
    tf.errors.UnavailableError,
)


def create_strategy(name: str) -> tf.distribute.Strategy:
    """Creates the strategy of that name, before TensorFlow is used otherwise.

    Args:
        name: `none` for one device; `mirrored` for a replica on each graphics
            card of this machine, or on its processors if it has none; or
            `multi_worker` for the devices of all machines that the environment
            variable TF_CONFIG names.

    Raises:
        InputError: if TF_CONFIG is missing or cannot be understood.
    """
    if name == "mirrored":
        return tf.distribute.MirroredStrategy()
    if name == "multi_worker":
        _check_cluster(os.environ.get("TF_CONFIG", ""))
        return tf.distribute.MultiWorkerMirroredStrategy()
    return tf.distribute.get_strategy()


def is_chief(strategy: tf.distribute.Strategy) -> bool:
    """Whether this process is the one that writes the files of the run."""
    resolver = strategy.cluster_resolver
    if resolver is None or not resolver.task_type:
        return True
    if "chief" in resolver.cluster_spec().jobs:
        return resolver.task_type == "chief"
    return resolver.task_id == 0


def mean_of_replicas(strategy: tf.distribute.Strategy, value: float) -> float:
    """Mean of a number over all workers; waits for them.

    Args:
        strategy: of the workers.
        value: the number on this worker.
    """
    if strategy.num_replicas_in_sync == 1:
        return value
    return float(_mean(strategy, tf.constant(value, tf.float32)))


@tf.function(autograph=False)
def _mean(strategy: tf.distribute.Strategy, value: tf.Tensor) -> tf.Tensor:
    return strategy.reduce("MEAN", strategy.run(tf.identity, (value,)), None)


@contextlib.contextmanager
def lost_worker_named(strategy: tf.distribute.Strategy) -> Iterator[None]:
    """Replaces the error of TensorFlow when a worker is lost.

    Raises:
        InputError: which says what to do.
    """
    try:
        yield
    except _WORKER_IS_LOST as error:
        if strategy.cluster_resolver is None:
            raise
        raise InputError(
            "Another worker does not answer anymore: start all of them again "
            "with the same commands; the run continues after its last "
            "checkpoint."
        ) from error


def _check_cluster(config: str) -> None:
    example = (
        '{"cluster": {"worker": ["host1:2222", "host2:2222"]}, '
        '"task": {"type": "worker", "index": 0}}'
    )
    try:
        settings = json.loads(config)
        kind, index = settings["task"]["type"], settings["task"]["index"]
        addresses = settings["cluster"][kind]
        known = (
            isinstance(addresses, list)
            and 0 <= int(index) < len(addresses)
            and all(re.fullmatch(r".+:\d+", one) for one in addresses)
        )
    except (ValueError, TypeError, KeyError):
        known = False
    if not known:
        raise InputError(
            "The strategy multi_worker needs the environment variable "
            f"TF_CONFIG to name all workers and this one: {example}, not "
            f"{config!r}."
        )
