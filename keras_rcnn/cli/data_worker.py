r"""Draws what is learned from, in processes beside the training.

    python tools/data_worker.py --role=dispatcher --port=5050 --work_dir=work
    python tools/data_worker.py --role=worker --dispatcher=127.0.0.1:5050
    python tools/train.py --data_service=127.0.0.1:5050 ...

The dispatcher hands out the work; any number of workers, each started by the
same command, does it. They get the photos from `tools/train.py` and read no
data set. Training sees the batches that it would have drawn itself, whatever
is killed: workers come and go as they like, a dispatcher that is started again
at the same port with the same `--work_dir` goes on, and one without it is
given the work anew. Both end at Ctrl-C or SIGTERM.

TensorFlow listens at every interface of the machine and asks for no password,
and whoever reaches the port can have files read and written: keep the ports
behind a firewall.
"""

import time
from typing import TYPE_CHECKING, NoReturn

from absl import flags

from keras_rcnn.cli import runner

if TYPE_CHECKING:
    import tensorflow as tf

FLAGS = flags.FLAGS
flags.DEFINE_enum(
    "role", None, ["dispatcher", "worker"], "Which of the two.", required=True
)
flags.DEFINE_string(
    "host", "127.0.0.1", "Name by which the others reach this machine."
)
flags.register_validator("host", bool, "give a name or number")
flags.DEFINE_integer(
    "port",
    0,
    "To listen at; 0: any free one.",
    lower_bound=0,
    upper_bound=65535,
)
flags.DEFINE_string("dispatcher", None, "Worker: address of the dispatcher.")
flags.DEFINE_string(
    "work_dir",
    None,
    "Dispatcher: folder for its journal, to go on by after it was killed.",
)
flags.register_multi_flags_validator(
    ["role", "dispatcher", "work_dir"],
    lambda values: (
        (values["role"] == "worker") == (values["dispatcher"] is not None)
        and not (values["role"] == "worker" and values["work_dir"])
    ),
    "give --dispatcher to a worker and to nobody else, --work_dir to a "
    "dispatcher alone",
)


def main() -> None:
    """Serves until it is told to end."""
    runner.interrupt_at_sigterm()
    port = free_port()
    server = (
        start_dispatcher(port)
        if FLAGS.role == "dispatcher"
        else start_worker(port)
    )
    try:
        if FLAGS.role == "dispatcher":
            tell_of_workers(port)
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        tell("Stopped.")
    finally:
        server.stop()


def free_port() -> int:
    """The port that is asked for, or one that nobody listens at.

    Raises:
        InputError: if it is taken, which TensorFlow would not mind.
    """
    from keras_rcnn.serving.addresses import listen

    with listen("0.0.0.0", FLAGS.port) as socket:
        return socket.getsockname()[1]


def start_dispatcher(
    port: int,
) -> "tf.data.experimental.service.DispatchServer":
    """Starts to hand out work, where a journal is by what it says.

    Raises:
        InputError: if the folder cannot be written or holds another journal.
    """
    import tensorflow as tf

    from keras_rcnn.errors import InputError
    from keras_rcnn.io.files import make_folder
    from keras_rcnn.serving.addresses import address

    work_dir = FLAGS.work_dir and str(make_folder(FLAGS.work_dir))
    config = tf.data.experimental.service.DispatcherConfig(
        port, work_dir=work_dir, fault_tolerant_mode=work_dir is not None
    )
    try:
        server = tf.data.experimental.service.DispatchServer(config)
    except (tf.errors.OpError, RuntimeError) as error:
        raise InputError(
            f"No dispatcher can go on by --work_dir={FLAGS.work_dir} "
            f"({str(error).splitlines()[0]}): choose another folder."
        ) from error
    tell(f"Dispatcher at {address(FLAGS.host, port)}")
    return server


def start_worker(port: int) -> "tf.data.experimental.service.WorkerServer":
    """Starts to work for the dispatcher.

    Raises:
        InputError: if it does not answer.
    """
    import tensorflow as tf

    from keras_rcnn.datasets.data_service import check_dispatcher
    from keras_rcnn.serving.addresses import address

    check_dispatcher(FLAGS.dispatcher)
    server = tf.data.experimental.service.WorkerServer(
        tf.data.experimental.service.WorkerConfig(
            FLAGS.dispatcher,
            address(FLAGS.host, port),
            port,
            # So soon it is known to a dispatcher that has lost its journal.
            heartbeat_interval_ms=5000,
        )
    )
    tell(f"Worker at {address(FLAGS.host, port)}")
    return server


def tell_of_workers(port: int) -> NoReturn:
    """Says how many workers have come, whenever there are more."""
    from keras_rcnn.datasets.data_service import count_workers

    tell("Waiting for workers.")
    told = 0
    while True:
        count = count_workers(f"127.0.0.1:{port}") or 0
        if count > told:
            tell(f"Workers that have come: {count}")
            told = count
        time.sleep(1)


def tell(line: str) -> None:
    """A line at once, whoever reads it."""
    print(line, flush=True)


if __name__ == "__main__":
    runner.run(main)
