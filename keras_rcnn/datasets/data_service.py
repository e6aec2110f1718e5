"""Sampling by other processes, on this machine or on others."""

import contextlib
import sys
import threading
import time
from collections.abc import Callable, Iterator

import grpc
import tensorflow as tf
import tqdm
from google.protobuf.empty_pb2 import Empty
from google.protobuf.unknown_fields import UnknownFieldSet
from tensorflow.autograph.experimental import do_not_convert

from keras_rcnn.datasets.numbered_batches import NumberedBatches
from keras_rcnn.datasets.sampling import Sample
from keras_rcnn.errors import InputError

# The photos are sent to the workers once for this number of batches.
BATCHES_A_JOB = 2**14
# Maximum number of batches that one worker prepares at a time.
BATCHES_A_WORKER = 8
# The count of workers includes dead ones, so this limits the buffer.
MAX_BATCHES_KEPT = 256
PATIENCE_SECONDS = 10.0
# Number of jobs in a row that may end before their first batch.
FRUITLESS_JOBS = 10
# TensorFlow raises these after a dispatcher was restarted without its journal:
# for some seconds old tasks of its workers are unknown, or have new ids.
JOB_IS_LOST = (tf.errors.NotFoundError, tf.errors.FailedPreconditionError)


class DataService:
    """Draws training windows on the workers of a tf.data service.

    Every batch has a number, and its content depends on this number alone.
    The dispatcher gives each number to one worker (`distributed_epoch`). This
    class puts the batches in order, so that training sees the same batches as
    without a service.

    The service gives each element at most once: the batch that a killed worker
    was drawing never arrives. This class draws a batch itself when many later
    ones have arrived before it, and drops it if it arrives after all.

    Args:
        address: host and port of the dispatcher.
        look_ahead: minimum number of later batches to wait for before a
            missing batch is drawn here. They are kept in memory.

    Raises:
        InputError: if no dispatcher answers at the address.
    """

    def __init__(self, address: str, look_ahead: int = 32) -> None:
        self.address = address
        self.look_ahead = look_ahead
        check_dispatcher(address)

    def sample_windows(
        self,
        examples: tf.data.Dataset,
        sample: Sample,
        batch_size: int,
        seed: int,
        start: int,
        context: tf.distribute.InputContext,
    ) -> tf.data.Dataset:
        """The batches of `sampling.sample_windows`, in the same order.

        Waits for the first worker.

        Raises:
            InputError: if the photos take more memory than can be sent.
        """
        batches = NumberedBatches(
            examples, sample, batch_size, seed, start, context
        )
        self._wait_for_worker()
        return tf.data.Dataset.from_generator(
            lambda: self._endless(batches),
            output_signature=batches.element_spec,
        )

    def _endless(
        self, batches: NumberedBatches
    ) -> Iterator[tuple[tf.Tensor, ...]]:
        number = fruitless = 0
        while True:
            first = number
            try:
                for windows in self._job(batches, first):
                    yield windows
                    number += 1
            except JOB_IS_LOST:
                fruitless = fruitless + 1 if number == first else 0
                if fruitless > FRUITLESS_JOBS:
                    raise
                print_line(f"The data service at {self.address} starts again.")
                time.sleep(1)

    def _job(
        self, batches: NumberedBatches, first: int
    ) -> Iterator[tuple[tf.Tensor, ...]]:
        """Batches from number `first` on, sampled by one job."""
        last = first + BATCHES_A_JOB
        # A job has no end after a worker died, so it is never read to its end.
        draw = batches.between(first, last + BATCHES_A_JOB)
        draw_here = tf.function(
            lambda number: draw(number).get_single_element(), autograph=False
        )
        with self._patience():
            drawn = iter(self._distributed(draw, first, last + BATCHES_A_JOB))
        early: dict[int, tuple[tf.Tensor, ...]] = {}
        for wanted in range(first, last):
            while wanted not in early and self._may_come(len(early)):
                with self._patience():
                    number, *windows = next(drawn)
                if number >= wanted:
                    early[int(number)] = tuple(windows)
            if wanted not in early:
                _, *windows = draw_here(tf.constant(wanted, tf.int64))
                early[wanted] = tuple(windows)
            yield early.pop(wanted)

    def _distributed(
        self,
        draw: Callable[[tf.Tensor], tf.data.Dataset],
        first: int,
        last: int,
    ) -> tf.data.Dataset:
        """Numbered batches in approximate order, each at most once."""
        numbers = tf.data.Dataset.range(first, last)
        return numbers.interleave(
            do_not_convert(draw),
            cycle_length=2,
            num_parallel_calls=2,
            deterministic=True,
        ).apply(
            tf.data.experimental.service.distribute(
                "distributed_epoch",
                f"grpc://{self.address}",
                # Windows of photos hardly compress.
                compression=None,
            )
        )

    def _may_come(self, overtaken_by: int) -> bool:
        """Whether to wait on for a batch that later ones have overtaken."""
        if overtaken_by < self.look_ahead:
            return True
        under_way = BATCHES_A_WORKER * (count_workers(self.address) or 0)
        return overtaken_by < min(under_way, MAX_BATCHES_KEPT)

    def _wait_for_worker(self) -> None:
        if not count_workers(self.address):
            self._print_what_is_missing()
        while not count_workers(self.address):
            time.sleep(1)

    @contextlib.contextmanager
    def _patience(self) -> Iterator[None]:
        """Prints what is missing if the block takes long."""
        timer = threading.Timer(PATIENCE_SECONDS, self._print_what_is_missing)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _print_what_is_missing(self) -> None:
        workers = count_workers(self.address)
        if workers is None:
            state = "its dispatcher does not answer"
        elif not workers:
            state = (
                "it has no worker; start one by `keras-rcnn data-worker "
                f"--role=worker --dispatcher={self.address}`"
            )
        else:
            state = (
                f"registered workers: {workers}; start one if none is running"
            )
        print_line(f"Waiting for the data service at {self.address}: {state}.")


def print_line(line: str) -> None:
    """Prints a line at once, without breaking a progress bar."""
    tqdm.tqdm.write(line, file=sys.stderr)


def check_dispatcher(address: str) -> None:
    """Checks within seconds that a dispatcher answers.

    Raises:
        InputError: if none answers.
    """
    if count_workers(address) is None:
        raise InputError(
            f"No dispatcher of a data service answers at {address}: give its "
            "HOST:PORT, or start one by `keras-rcnn data-worker "
            "--role=dispatcher --port=PORT`."
        )


def count_workers(address: str, seconds: float = 5.0) -> int | None:
    """Number of workers that a dispatcher has seen, dead ones included.

    Args:
        address: host and port of the dispatcher.
        seconds: maximum time to wait for an answer.

    Returns:
        The count; None if no dispatcher answers.
    """
    # TensorFlow's own client retries for ever and has no call for the workers.
    method = "/tensorflow.data.DispatcherService/GetWorkers"
    with grpc.insecure_channel(address) as channel:
        try:
            answer = channel.unary_unary(method)(b"", timeout=seconds)
        except grpc.RpcError:
            return None
    # The answer has one field, repeated for each worker.
    return len(UnknownFieldSet(Empty.FromString(answer)))
