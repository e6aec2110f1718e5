r"""Draws training batches in processes beside the training.

    keras-rcnn data-worker --role=dispatcher --port=5050 --work_dir=work
    keras-rcnn data-worker --role=worker --dispatcher=127.0.0.1:5050
    keras-rcnn train --data_service=127.0.0.1:5050 ...

The dispatcher distributes the work among any number of workers, each started
by the same command. They get the photos from `keras-rcnn train` and read no
data set. Training gets the same batches as without them, whatever process is
killed: workers may come and go; a dispatcher that is started again at the same
port with the same `--work_dir` continues, and without `--work_dir` it gets the
work from the training again. Both end at Ctrl-C or SIGTERM.

TensorFlow listens at every interface of the machine and asks for no password,
and whoever reaches the port can have files read and written: keep the ports
behind a firewall.
"""

import time
from typing import Any, NoReturn

from keras_rcnn.cli import flags, runner
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder

FLAGS = flags.Flags()
FLAGS.add_enum(
    "role", None, ["dispatcher", "worker"], "Which of the two.", required=True
)
flags.add_server(FLAGS, 0, "To listen at; 0: any free one.")
FLAGS.add_string("dispatcher", None, "Worker: address of the dispatcher.")
FLAGS.add_string(
    "work_dir",
    None,
    "Dispatcher: folder for its journal, to continue from after it was killed.",
)
FLAGS.check_together(
    ["role", "dispatcher", "work_dir"],
    lambda values: (
        (values["role"] == "worker") == (values["dispatcher"] is not None)
        and not (values["role"] == "worker" and values["work_dir"])
    ),
    "give --dispatcher only to a worker, which needs it, and --work_dir only "
    "to a dispatcher",
)

tf = LazyModule("tensorflow")
addresses = LazyModule("keras_rcnn.io.addresses")
data_service = LazyModule("keras_rcnn.datasets.data_service")


def main() -> None:
    """Serves until it is interrupted."""
    runner.interrupt_at_sigterm()
    port = free_port()
    is_dispatcher = FLAGS.role == "dispatcher"
    server = start_dispatcher(port) if is_dispatcher else start_worker(port)
    try:
        if is_dispatcher:
            log_workers(port)
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        runner.log("Stopped.")
    finally:
        server.stop()


def free_port() -> int:
    """The port that the flag names, or one that is free.

    Raises:
        InputError: if the port is taken, which TensorFlow does not notice.
    """
    with addresses.listen("0.0.0.0", FLAGS.port) as socket:
        return socket.getsockname()[1]


def start_dispatcher(port: int) -> Any:
    """Starts a `DispatchServer`, which continues from its journal.

    Raises:
        InputError: if the folder cannot be written or holds another journal.
    """
    work_dir = FLAGS.work_dir and str(make_folder(FLAGS.work_dir))
    service = tf.data.experimental.service
    config = service.DispatcherConfig(
        port, work_dir=work_dir, fault_tolerant_mode=work_dir is not None
    )
    try:
        server = service.DispatchServer(config)
    except (tf.errors.OpError, RuntimeError) as error:
        raise InputError(
            f"No dispatcher can continue from --work_dir={FLAGS.work_dir} "
            f"({str(error).splitlines()[0]}): choose another folder."
        ) from error
    runner.log(f"Dispatcher at {addresses.address(FLAGS.host, port)}")
    return server


def start_worker(port: int) -> Any:
    """Starts a `WorkerServer` of the dispatcher.

    Raises:
        InputError: if the dispatcher does not answer.
    """
    data_service.check_dispatcher(FLAGS.dispatcher)
    service = tf.data.experimental.service
    address = addresses.address(FLAGS.host, port)
    server = service.WorkerServer(
        service.WorkerConfig(
            FLAGS.dispatcher,
            address,
            port,
            # A dispatcher that lost its journal knows the worker after that.
            heartbeat_interval_ms=5000,
        )
    )
    runner.log(f"Worker at {address}")
    return server


def log_workers(port: int) -> NoReturn:
    """Prints the number of workers whenever it grows."""
    runner.log("Waiting for workers.")
    known = 0
    while True:
        count = data_service.count_workers(f"127.0.0.1:{port}") or 0
        if count > known:
            runner.log(f"Workers that have come: {count}")
            known = count
        time.sleep(1)
