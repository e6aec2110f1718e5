r"""Serves a SavedModel to this machine, or to a network.

    keras-rcnn serve --model=saved_models/rcnn2_stanford_background

gRPC at port 8500 for clients of TensorFlow Serving (`keras_rcnn.serving`'s
`GrpcClient` is one). With the extra `kserve` also REST at port 8501: KServe's
v1 protocol, which is TensorFlow Serving's REST form (`RestClient`), its v2
protocol, `/v2/health/ready`, and `/metrics` for Prometheus; and v2 over gRPC at
port 8502. Ctrl-C or SIGTERM ends it after the requests that have begun.

Only programs on this machine are served unless `--host` says otherwise. There
is no password and no encryption: to serve a network, put a proxy that has both
in front of it.
"""

import asyncio
import importlib.util
import re
import sys
from collections.abc import Callable
from typing import Any

from keras_rcnn.cli import flags, model_flags, runner
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import missing_extra

FLAGS = flags.Flags()
FLAGS.add_string("model", None, "SavedModel folder.", required=True)
FLAGS.add_string("model_name", "scene_parser", "Name of the model in requests.")
FLAGS.check(
    "model_name",
    # It is a part of URLs.
    lambda name: re.fullmatch(r"[A-Za-z0-9_.-]+", name) is not None,
    "give only letters, digits, _, . and -",
)
model_flags.add_trust_model(FLAGS)
flags.add_server(FLAGS, 8500, "For gRPC; 0: any free one.")
flags.add_port(FLAGS, "rest_port", 8501, "For REST.")
flags.add_port(FLAGS, "kserve_port", 8502, "For KServe's gRPC.")
FLAGS.add_integer(
    "max_request_mb",
    32,
    "Largest request that is read.",
    upper_bound=2047,  # gRPC counts bytes in 32 bits.
)
FLAGS.add_integer("parallel", 2, "Requests computed at a time; others wait.")
FLAGS.add_float(
    "max_megapixels",
    50.0,
    "Most pixels of all photos of a request together.",
    lower_bound=0,
)
FLAGS.add_float(
    "grace_seconds",
    30.0,
    "Longest time after SIGTERM to finish the requests that were accepted; new "
    "ones are refused meanwhile.",
    lower_bound=0,
)

addresses = LazyModule("keras_rcnn.io.addresses")
grpc_server = LazyModule("keras_rcnn.serving.grpc_server")
kserve_server = LazyModule("keras_rcnn.serving.kserve_server")
served_model = LazyModule("keras_rcnn.serving.served_model")


def main() -> None:
    """Loads the model and serves it."""
    # Both servers end in order when they are interrupted.
    runner.interrupt_at_sigterm()
    has_kserve = importlib.util.find_spec("kserve") is not None
    more_ports = (FLAGS.rest_port, FLAGS.kserve_port) if has_kserve else ()
    # Before the model is loaded, which takes a while.
    addresses.refuse_taken(host(), (FLAGS.port, *more_ports))
    served = served_model.ServedModel(
        FLAGS.model, FLAGS.parallel, FLAGS.trust_model, FLAGS.max_megapixels
    )
    server = grpc_server.GrpcServer(
        served,
        FLAGS.model_name,
        addresses.address(host(), FLAGS.port),
        max_bytes(),
    )
    try:
        runner.log(f"gRPC at {addresses.address(host(), server.port)}")
        if has_kserve:
            serve_kserve(
                served, lambda: server.begin_to_stop(FLAGS.grace_seconds)
            )
        else:
            runner.log(f"No REST: {missing_extra('it', 'kserve')}")
            runner.log("Ready.")
            server.wait()
    except KeyboardInterrupt:
        runner.log("Stopped.")
    finally:
        server.stop(FLAGS.grace_seconds)


def serve_kserve(served: Any, ending: Callable[[], object]) -> None:
    """Serves by KServe's protocols too, until interrupted.

    Args:
        served: the model.
        ending: called at the signal.
    """
    # KServe reads command-line flags of its own when it is imported.
    del sys.argv[1:]
    server = kserve_server.KServeServer(
        served,
        FLAGS.model_name,
        host(),
        FLAGS.rest_port,
        FLAGS.kserve_port,
        max_bytes(),
        FLAGS.grace_seconds,
    )

    def ready() -> None:
        rest = addresses.address(host(), server.rest_port)
        runner.log(f"REST at http://{rest}")
        runner.log(
            f"KServe's gRPC at {addresses.address(host(), server.grpc_port)}"
        )
        runner.log("Ready.")

    asyncio.run(server.serve(ready, ending))


def host() -> str:
    """The interface, IPv6 without the brackets that it has in addresses."""
    return FLAGS.host.strip("[]")


def max_bytes() -> int:
    """Largest request."""
    return FLAGS.max_request_mb * 2**20
