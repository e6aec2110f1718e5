"""`keras-rcnn data-worker` in a process of its own."""

import functools
import subprocess

from tests.helpers.run_command import popen_command


class DataWorkerProcess:
    """A dispatcher or worker, killed at the end of a block.

    Args:
        *flags: of the program.
    """

    def __init__(self, *flags):
        self.process = popen_command(
            "data-worker", *flags, stderr=subprocess.STDOUT
        )
        self.said = []

    @functools.cached_property
    def address(self):
        """Host and port, once it listens there."""
        self.read_line()
        assert " at 127.0.0.1:" in self.said[0], self.said
        return self.said[0].split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.kill()

    def wait_for(self, line):
        """Reads on to a line."""
        while f"{line}\n" not in self.said:
            self.read_line()

    def read_line(self):
        """Reads on; fails if it has ended."""
        line = self.process.stdout.readline()
        assert line, (self.process.wait(), self.said)
        self.said.append(line)

    def kill(self):
        """Ends it as `kill -9` does."""
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def dispatcher(*flags):
    return DataWorkerProcess("--role=dispatcher", *flags)


def worker(address):
    return DataWorkerProcess("--role=worker", f"--dispatcher={address}")
