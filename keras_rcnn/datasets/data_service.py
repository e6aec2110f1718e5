"""Sampling by processes of their own, on this machine or others."""

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

from keras_rcnn.datasets.numbered_batches import NumberedBatches
from keras_rcnn.datasets.sampling import Sample
from keras_rcnn.errors import InputError

# The photos are sent once for so many batches.
BATCHES_A_JOB = 2**14
# What a worker has under way at a time, at most.
BATCHES_A_WORKER = 8
# Some of the workers that are counted may have died long ago.
MAX_BATCHES_KEPT = 256
PATIENCE_SECONDS = 10.0
# How often in a row a job may end before its first batch.
FRUITLESS_JOBS = 10
# What is said of a dispatcher that was started again without its journal: to
# its workers' old tasks for some seconds, and their ids may be given anew.
JOB_IS_LOST = (tf.errors.NotFoundError, tf.errors.FailedPreconditionError)


class DataService:
    """Has the workers of a tf.data service draw the windows to learn from.

    Every batch has a number and is the same wherever it is drawn. The
    dispatcher gives each number to one worker (`distributed_epoch`) and they
    are put in order here, so that training sees the batches, photos and
    epochs that it would have drawn itself.

    The service alone promises each element at most once: what a worker was at
    when it was killed never comes. Here a batch that many later ones have
    overtaken is drawn by the trainer itself, and dropped should it still come.

    Args:
        address: host and port of the dispatcher.
        look_ahead: how many have to overtake it at least; they are kept
            meanwhile.

    Raises:
        InputError: if no dispatcher answers there.
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
            InputError: if the photos are too many to send.
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
                tell(f"The data service at {self.address} begins anew.")
                time.sleep(1)

    def _job(
        self, batches: NumberedBatches, first: int
    ) -> Iterator[tuple[tf.Tensor, ...]]:
        """The batches from a number on that are sampled by one job."""
        last = first + BATCHES_A_JOB
        # Nobody reads to the end of a job: it does not come if a worker died.
        draw = batches.between(first, last + BATCHES_A_JOB)
        draw_here = tf.function(
            lambda number: draw(number).get_single_element()
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
        """Numbered batches in about their order, each once at most."""
        numbers = tf.data.Dataset.range(first, last)
        return numbers.interleave(
            draw, cycle_length=2, num_parallel_calls=2, deterministic=True
        ).apply(
            tf.data.experimental.service.distribute(
                "distributed_epoch",
                f"grpc://{self.address}",
                # Windows of photos hardly become smaller.
                compression=None,
            )
        )

    def _may_come(self, overtaken_by: int) -> bool:
        """Whether a batch may yet come that so many others have overtaken."""
        if overtaken_by < self.look_ahead:
            return True
        under_way = BATCHES_A_WORKER * (count_workers(self.address) or 0)
        return overtaken_by < min(under_way, MAX_BATCHES_KEPT)

    def _wait_for_worker(self) -> None:
        if not count_workers(self.address):
            self._say_who_is_waited_for()
        while not count_workers(self.address):
            time.sleep(1)

    @contextlib.contextmanager
    def _patience(self) -> Iterator[None]:
        """Says who is waited for, if the block takes long."""
        timer = threading.Timer(PATIENCE_SECONDS, self._say_who_is_waited_for)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _say_who_is_waited_for(self) -> None:
        workers = count_workers(self.address)
        if workers is None:
            state = "its dispatcher does not answer"
        elif not workers:
            state = (
                "it has no worker; python tools/data_worker.py --role=worker "
                f"--dispatcher={self.address} starts one"
            )
        else:
            state = (
                f"workers that have come: {workers}; start one if none is left"
            )
        tell(f"Waiting for the data service at {self.address}: {state}.")


def tell(line: str) -> None:
    """A line at once, beside any progress bar."""
    tqdm.tqdm.write(line, file=sys.stderr)


def check_dispatcher(address: str) -> None:
    """Makes sure that there is one, within seconds.

    Raises:
        InputError: if none answers.
    """
    if count_workers(address) is None:
        raise InputError(
            f"No dispatcher of a data service answers at {address}: give its "
            "HOST:PORT, or start one by python tools/data_worker.py "
            "--role=dispatcher --port=PORT."
        )


def count_workers(address: str, seconds: float = 5.0) -> int | None:
    """How many workers a dispatcher has seen, dead ones included.

    Args:
        address: of the dispatcher, host and port.
        seconds: longest wait for an answer.

    Returns:
        The count; None if no dispatcher answers.
    """
    # TensorFlow's own client asks for ever, and has no such question.
    method = "/tensorflow.data.DispatcherService/GetWorkers"
    with grpc.insecure_channel(address) as channel:
        try:
            answer = channel.unary_unary(method)(b"", timeout=seconds)
        except grpc.RpcError:
            return None
    # Its one field is repeated for each worker.
    return len(UnknownFieldSet(Empty.FromString(answer)))
