"""tools/serve.py in a process of its own."""

import os
import pathlib
import re
import signal
import subprocess
import sys
import threading

ROOT = pathlib.Path(__file__).parents[1]


class ServeProgram:
    """tools/serve.py, until it is stopped.

    Args:
        saved_model: what it serves.
        *arguments: flags of the program.
    """

    def __init__(self, saved_model, *arguments):
        self.process = subprocess.Popen(
            [
                sys.executable,
                ROOT / "tools" / "serve.py",
                f"--model={saved_model}",
                "--port=0",
                "--rest_port=0",
                "--kserve_port=0",
                *arguments,
            ],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=os.environ | {"PYTHONPATH": str(ROOT)},
        )
        self.said = ""
        for line in self.process.stdout:
            self.said += line
            if line == "Ready.\n":
                break
        # A full pipe would stop it.
        self._reader = threading.Thread(target=self._read_on)
        self._reader.start()

    def _read_on(self):
        with self.process.stdout:
            self.said += self.process.stdout.read()

    def _port(self, protocol):
        return int(re.search(rf"^{protocol} at .*:(\d+)$", self.said, re.M)[1])

    @property
    def grpc(self):
        """Address for clients of TensorFlow Serving."""
        return f"127.0.0.1:{self._port('gRPC')}"

    @property
    def kserve_grpc(self):
        """Address for KServe's clients."""
        port = self._port("KServe's gRPC")
        return f"127.0.0.1:{port}"

    @property
    def url(self):
        """Address for web clients."""
        return f"http://127.0.0.1:{self._port('REST')}"

    @property
    def megabytes(self):
        """Its memory, as Linux tells it."""
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024

    def stop(self):
        """Ends it as a service manager would, and gives its exit status."""
        self.process.send_signal(signal.SIGTERM)
        status = self.process.wait(timeout=60)
        self._reader.join()
        return status
