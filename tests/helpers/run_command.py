"""Commands run in the process of the test, or in processes of their own."""

import os
import pathlib
import subprocess
import sys
import types

from keras_rcnn.cli import runner

ROOT = pathlib.Path(__file__).parents[2]


def run_command(
    capfd, command: types.ModuleType, *arguments: object
) -> tuple[int, str, str]:
    """Runs a command and gives its exit status, stdout and stderr.

    Args:
        capfd: the fixture of pytest.
        command: module with `FLAGS` and `main`.
        *arguments: its command line.
    """
    capfd.readouterr()
    status = runner.run(command, [command.__name__, *map(str, arguments)])
    return status, *capfd.readouterr()


def popen_command(
    *arguments: object, environment: dict[str, str] | None = None, **options
) -> subprocess.Popen:
    """Starts `keras-rcnn ARGUMENTS`, its output in pipes unless options say."""
    return subprocess.Popen(
        [sys.executable, "-m", "keras_rcnn.cli", *map(str, arguments)],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | (environment or {}),
        text=True,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options,
    )


def error_line(result: tuple[int, str, str], status: int = 1) -> str:
    """The error of a command that has to end in one line, and with no output.

    Args:
        result: exit status, stdout and stderr.
        status: the exit status to expect.
    """
    assert result[:2] == (status, ""), result[2]
    assert result[2].startswith("error: ")
    assert result[2].count("\n") == 1
    return result[2].removeprefix("error: ")
