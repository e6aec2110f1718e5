"""`keras-rcnn serve` in a new process."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
from typing import IO

from keras_rcnn.errors import InputError


class ServeProgram:
    """A server at free ports that runs until `stop` is called.

    Args:
        saved_model: model to serve.
        *arguments: more flags of the command.

    Raises:
        InputError: if it does not start, with its message.
    """

    def __init__(self, saved_model: str | pathlib.Path, *arguments: str):
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-m", "keras_rcnn.cli", "serve"),
                f"--model={saved_model}",
                "--port=0",
                "--rest_port=0",
                "--kserve_port=0",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        for line in self._output:
            self.said += line
            if line == "Ready.\n":
                break
        # The server would block if nobody read its output.
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
        """Resident memory, which only Linux reports."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status")
        if not status.is_file():
            return 0.0
        found = re.search(r"VmRSS:\s+(\d+)", status.read_text())
        return int(found[1]) / 1024 if found else 0.0

    @property
    def cpu_seconds(self) -> float:
        """Time on all processors, which only Linux reports."""
        file = pathlib.Path(f"/proc/{self.process.pid}/stat")
        user, system = file.read_text().rsplit(")", 1)[1].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> int:
        """Stops it with SIGTERM and returns its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self._reader.join()
        return status
