"""How every command runs: flags, errors, exit status, reports."""

import io
import json
import os
import pathlib
import re
import signal
import sys
import types
from collections.abc import Sequence
from typing import Any, NoReturn

from absl import flags

from keras_rcnn.cli.help_text import describe_flags
from keras_rcnn.errors import InputError, require_tensorflow
from keras_rcnn.io import quiet
from keras_rcnn.io.allocator import keep_freed_memory
from keras_rcnn.io.files import make_folder, write_file

DONE, FAILURE, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130
_HELP = {"-h", "-help", "--help", "--helpfull", "--helpshort"}


def run(command: types.ModuleType, argv: Sequence[str]) -> int:
    """Parses the flags of a command and runs it.

    A command is a module with a docstring, which `--help` prints, with `FLAGS`,
    a `FlagValues` of its own, and `main`. `main` takes no argument unless the
    module sets `TAKES_ARGUMENTS`, for the list of arguments without a flag, or
    `TAKES_OTHER_FLAGS`, for the list of flags that it does not define. A module
    that sets `NEEDS_TENSORFLOW` to False starts without importing it.

    Args:
        command: the module.
        argv: name of the program, for messages, and its command line.

    Returns:
        The exit status: 0 done; 1 after one line on stderr for what the user
        can fix; 2 for wrong usage; 130 if interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # File names may have bytes that the terminal cannot show.
            stream.reconfigure(errors="backslashreplace")
    try:
        if _HELP.intersection(argv):
            print(command.__doc__ or "")
            print(describe_flags(command.FLAGS), flush=True)
            return DONE
        return _run_main(command, parse_flags(command, argv), argv[0])
    except flags.Error as error:
        what = explain_usage(str(error))
        print(f"error: {what}. See {argv[0]} --help.", file=sys.stderr)
        return WRONG_USAGE
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader of the output, `head` for example, has ended. Python
        # would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILURE


def explain_usage(message: str) -> str:
    """Returns a message of absl about wrong usage in plain English.

    >>> explain_usage("Unknown command line flag 'modl'. Did you mean: model ?")
    'there is no flag --modl: did you mean --model?'
    >>> explain_usage("flags fold=None, split=None: give --fold")
    'give --fold'
    """
    if missing := re.findall(r"^flag --(\w+)=None", message, re.MULTILINE):
        return f"give --{', --'.join(missing)}"
    message = re.sub(r"^flags [^:]*: ", "", message)
    message = re.sub(
        r"Unknown command line flag '(\S+)'", r"there is no flag --\1", message
    )
    message = re.sub(
        r"\. Did you mean: (\S+) .*\?", r": did you mean --\1?", message
    )
    message = re.sub(
        r"invalid literal for int.*: ", "not a whole number: ", message
    )
    return message.replace("could not convert string to float", "not a number")


def parse_flags(command: types.ModuleType, argv: Sequence[str]) -> list[Any]:
    """Sets the command's flags and returns the arguments of its `main`.

    Raises:
        flags.Error: for wrong usage.
    """
    takes_other_flags = getattr(command, "TAKES_OTHER_FLAGS", False)
    takes_arguments = getattr(command, "TAKES_ARGUMENTS", False)
    for name in command.FLAGS:
        # Forgets an earlier run in the same process.
        command.FLAGS[name].unparse()
    arguments = command.FLAGS(argv, known_only=takes_other_flags)[1:]
    for argument in () if takes_arguments else arguments:
        if not (takes_other_flags and argument.startswith("--")):
            raise flags.Error(f"{argument!r} is not a flag")
    return [arguments] if takes_arguments or takes_other_flags else []


def interrupt_at_sigterm() -> None:
    """Makes SIGTERM end the program like Ctrl-C, in order."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def log(line: str) -> None:
    """Prints a line at once, even into a pipe."""
    print(line, flush=True)


def write_report(
    path: str | pathlib.Path | None, figures: dict[str, Any]
) -> None:
    """Writes figures as JSON; an error leaves no partial file.

    Args:
        path: file to write; None writes nothing.
        figures: content, without NaN.

    Raises:
        InputError: if the file cannot be written.
    """
    if path is not None:
        make_folder(pathlib.Path(path).expanduser().parent)
        content = json.dumps(figures, indent=2, allow_nan=False) + "\n"
        write_file(path, content.encode())


def prepare_outputs(values: flags.FlagValues) -> None:
    """Refuses, before the work, output files that cannot be written."""
    for name in ("report", "output", "list"):
        if name not in values or not values[name].value:
            continue
        file = pathlib.Path(values[name].value).expanduser()
        if file.is_dir():
            raise InputError(f"--{name}={file} is a folder: name a file in it.")
        make_folder(file.parent)


def name_flags(message: str, values: flags.FlagValues) -> str:
    """Turns arguments in a message of the library into flags of a command."""
    return re.sub(
        r"(?<![\w/.-])(\w+)=",
        lambda found: f"--{found[0]}" if found[1] in values else found[0],
        message,
    )


def _run_main(
    command: types.ModuleType, arguments: list[Any], name: str
) -> int:
    keep_freed_memory()
    try:
        if getattr(command, "NEEDS_TENSORFLOW", True):
            require_tensorflow(name)
            quiet.import_quietly("tensorflow")
        prepare_outputs(command.FLAGS)
        command.main(*arguments)
        sys.stdout.flush()
    except InputError as error:
        message = name_flags(str(error), command.FLAGS)
        print(f"error: {message}", file=sys.stderr)
        return FAILURE
    return DONE
