r"""Serves a SavedModel to this machine, or to a network.

    python tools/serve.py --model=saved_models/rcnn2_stanford_background

gRPC at port 8500 for clients of TensorFlow Serving (`keras_rcnn.serving`'s
`GrpcClient` is one). With the extra `kserve` also REST at port 8501: KServe's
v1 protocol, which is TensorFlow Serving's REST form (`RestClient`), its v2
protocol, `/v2/health/ready`, and `/metrics` for Prometheus; and v2 over gRPC at
port 8502. Ends at Ctrl-C or SIGTERM, after the answers that it is at.

Only programs on this machine are served unless `--host` says otherwise: there
is no password and no encryption, so put a proxy before it that has them.
"""

import asyncio
import importlib.util
import re
import sys
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import runner

if TYPE_CHECKING:
    from keras_rcnn.serving.served_model import ServedModel

FLAGS = flags.FLAGS
flags.DEFINE_string("model", None, "SavedModel folder.", required=True)
flags.DEFINE_string("model_name", "scene_parser", "What requests call it.")
flags.register_validator(
    "model_name",
    # It is a part of addresses.
    lambda name: re.fullmatch(r"[A-Za-z0-9_.-]+", name) is not None,
    "give letters, digits, _, . and - alone",
)
flags.DEFINE_string(
    "host", "127.0.0.1", "Interface to listen at, of IPv4 or IPv6."
)
flags.register_validator("host", bool, "give a name or number")
flags.DEFINE_integer(
    "port", 8500, "For gRPC; 0: any free one.", lower_bound=0, upper_bound=65535
)
flags.DEFINE_integer(
    "rest_port", 8501, "For REST.", lower_bound=0, upper_bound=65535
)
flags.DEFINE_integer(
    "kserve_port", 8502, "For KServe's gRPC.", lower_bound=0, upper_bound=65535
)
flags.DEFINE_integer(
    "max_request_mb",
    32,
    "Largest request that is read.",
    lower_bound=1,
    upper_bound=2047,  # gRPC counts bytes in 32 bits.
)
flags.DEFINE_integer(
    "parallel", 2, "Requests computed at a time; others wait.", lower_bound=1
)


def main() -> None:
    """Loads the model and serves it."""
    from keras_rcnn.serving.addresses import address, refuse_taken
    from keras_rcnn.serving.grpc_server import GrpcServer
    from keras_rcnn.serving.served_model import ServedModel

    # Both servers end well when they are interrupted.
    runner.interrupt_at_sigterm()
    has_kserve = importlib.util.find_spec("kserve") is not None
    more_ports = (FLAGS.rest_port, FLAGS.kserve_port) if has_kserve else ()
    # Before the model is loaded, which takes a while.
    refuse_taken(host(), (FLAGS.port, *more_ports))
    served = ServedModel(FLAGS.model, FLAGS.parallel)
    server = GrpcServer(
        served, FLAGS.model_name, address(host(), FLAGS.port), max_bytes()
    )
    try:
        tell(f"gRPC at {address(host(), server.port)}")
        if has_kserve:
            serve_kserve(served)
        else:
            tell("No REST: it takes `pip install -e '.[kserve]'`.")
            tell("Ready.")
            server.wait()
    except KeyboardInterrupt:
        tell("Stopped.")
    finally:
        server.stop()


def serve_kserve(served: "ServedModel") -> None:
    """Serves by KServe's protocols too, until interrupted."""
    # KServe reads flags of its own as it is imported.
    del sys.argv[1:]
    from keras_rcnn.serving.addresses import address
    from keras_rcnn.serving.kserve_server import KServeServer

    server = KServeServer(
        served,
        FLAGS.model_name,
        host(),
        FLAGS.rest_port,
        FLAGS.kserve_port,
        max_bytes(),
    )

    def ready() -> None:
        tell(f"REST at http://{address(host(), server.rest_port)}")
        tell(f"KServe's gRPC at {address(host(), server.grpc_port)}")
        tell("Ready.")

    asyncio.run(server.serve(ready))


def host() -> str:
    """The interface, IPv6 without the brackets that it has in addresses."""
    return FLAGS.host.strip("[]")


def max_bytes() -> int:
    """Largest request."""
    return FLAGS.max_request_mb * 2**20


def tell(line: str) -> None:
    """A line at once, whoever reads it."""
    print(line, flush=True)


if __name__ == "__main__":
    runner.run(main)
