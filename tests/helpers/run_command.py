"""Commands run in the process of the test."""

import types

from keras_rcnn.cli import runner


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
