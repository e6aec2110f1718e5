"""tools/serve.py in a process of its own."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
from typing import IO

from keras_rcnn.errors import InputError

SERVE = pathlib.Path(__file__).resolve().parents[1] / "serve.py"


class ServeProgram:
    """A server at free ports, until it is stopped.

    Args:
        saved_model: what it serves.
        *arguments: more flags of the program.

    Raises:
        InputError: with the program's words, if it does not start.
    """

    def __init__(self, saved_model: str | pathlib.Path, *arguments: str):
        # It is to find what this process has found, the package included.
        paths = os.pathsep.join(filter(None, sys.path))
        self.process = subprocess.Popen(
            [
                sys.executable,
                str(SERVE),
                f"--model={saved_model}",
                "--port=0",
                "--rest_port=0",
                "--kserve_port=0",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONPATH": paths},
        )
        self.said = ""
        for line in self._output:
            self.said += line
            if line == "Ready.\n":
                break
        # A full pipe would stop it.
        self._reader = threading.Thread(target=self._read_on)
        self._reader.start()
        if self.process.poll() is not None:
            self._reader.join()
            raise InputError(self.said.strip().removeprefix("error: "))

    @property
    def _output(self) -> IO[str]:
        assert self.process.stdout
        return self.process.stdout

    def _read_on(self) -> None:
        with self._output:
            self.said += self._output.read()

    def _address(self, protocol: str) -> str:
        found = re.search(rf"^{protocol} at (.*)$", self.said, re.MULTILINE)
        if not found:
            raise InputError(
                f"There is no {protocol}: run `pip install -e '.[kserve]'` in "
                "the checkout."
            )
        return found[1]

    @property
    def grpc(self) -> str:
        """Address for clients of TensorFlow Serving."""
        return self._address("gRPC")

    @property
    def kserve_grpc(self) -> str:
        """Address for KServe's clients."""
        return self._address("KServe's gRPC")

    @property
    def url(self) -> str:
        """Address for web clients."""
        return self._address("REST")

    @property
    def megabytes(self) -> float:
        """Its memory, as Linux tells it."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        found = re.search(r"VmRSS:\s+(\d+)", status)
        return int(found[1]) / 1024 if found else 0.0

    def stop(self) -> int:
        """Ends it as a service manager would, and gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self._reader.join()
        return status
