"""The frame of every program here: flags, errors, exit status, reports."""

import contextlib
import importlib
import io
import json
import os
import pathlib
import re
import signal
import sys
import tempfile
import types
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

from absl import flags
from allocator import keep_freed_memory

FAILURE, WRONG_USAGE, INTERRUPTED = 1, 2, 130
_HELP = {"-h", "-help", "--help", "--helpfull", "--helpshort"}


def run(
    main: Callable[..., None],
    takes_arguments: bool = False,
    takes_other_flags: bool = False,
) -> NoReturn:
    """Reads the flags, runs `main` and exits.

    Exit status: 0 done; 1 for what the user can mend, after one line on
    stderr; 2 for wrong usage; 130 if interrupted.

    Args:
        main: the program; raises `InputError` for what the user can mend.
        takes_arguments: whether `main` takes what is on the command line
            besides flags, as a list; otherwise nothing may be.
        takes_other_flags: whether `main` takes the flags that are not defined
            here, as a list of `--name=value`.
    """
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A file name can hold what the terminal cannot show.
            stream.reconfigure(errors="backslashreplace")
    try:
        arguments = _parse_flags(sys.argv, takes_arguments, takes_other_flags)
        keep_freed_memory()
        import_quietly("keras_rcnn")
        takes_any = takes_arguments or takes_other_flags
        sys.exit(_run_main(main, [arguments] if takes_any else []))
    except ModuleNotFoundError as error:
        if error.name != "keras_rcnn":
            raise
        print(
            "error: keras_rcnn is not installed: run `pip install -e .` in "
            "the folder that holds pyproject.toml.",
            file=sys.stderr,
        )
        sys.exit(FAILURE)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:
        # Whoever read our output, `head` for one, has read enough; Python
        # would complain once more when it closes stdout.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(FAILURE)


def interrupt_at_sigterm() -> None:
    """Has SIGTERM do what Ctrl-C does: whatever runs is ended in order."""

    def interrupt(*_: object) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, interrupt)


def import_quietly(name: str) -> types.ModuleType:
    """A module that imports TensorFlow, without the notices of its start."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with quiet_libraries():
        module = importlib.import_module(name)
        # The first look for a graphics card brings the last of them.
        importlib.import_module("tensorflow").config.list_physical_devices()
    return module


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Keeps back what libraries write straight to the terminal.

    That is notices of their start, which no log level counts for. If the
    block fails they are shown after all, but for mistakes of the user and
    interrupts.
    """
    sys.stderr.flush()
    terminal = os.dup(2)
    with tempfile.TemporaryFile() as notices:
        os.dup2(notices.fileno(), 2)
        try:
            yield
        except (ValueError, KeyboardInterrupt):
            raise
        except BaseException:
            notices.seek(0)
            os.write(terminal, notices.read())
            raise
        finally:
            sys.stderr.flush()
            os.dup2(terminal, 2)
            os.close(terminal)


def write_report(
    path: str | pathlib.Path | None, figures: dict[str, Any]
) -> None:
    """Writes figures as JSON, whole or not at all.

    Args:
        path: file to write; nothing happens if it is None.
        figures: what to write, without any NaN.

    Raises:
        InputError: if the file cannot be written.
    """
    from keras_rcnn.files import make_folder, write_file

    if path is not None:
        make_folder(pathlib.Path(path).expanduser().parent)
        content = json.dumps(figures, indent=2, allow_nan=False) + "\n"
        write_file(path, content.encode())


def _parse_flags(
    argv: list[str], takes_arguments: bool, takes_other_flags: bool
) -> list[str]:
    if _HELP.intersection(argv):
        print(sys.modules["__main__"].__doc__ or "")
        print(flags.FLAGS.main_module_help(), flush=True)
        sys.exit(0)
    try:
        arguments = flags.FLAGS(argv, known_only=takes_other_flags)[1:]
        for argument in () if takes_arguments else arguments:
            if not (takes_other_flags and argument.startswith("--")):
                raise flags.Error(f"{argument!r} is no flag")
    except flags.Error as error:
        missing = re.findall(r"^flag --(\w+)=None", str(error), re.MULTILINE)
        what = f"give --{', --'.join(missing)}" if missing else error
        print(f"error: {what}. See {argv[0]} --help.", file=sys.stderr)
        sys.exit(WRONG_USAGE)
    return arguments


def _prepare_outputs() -> None:
    """Refuses files that cannot be written before the work is done."""
    from keras_rcnn.errors import InputError
    from keras_rcnn.files import make_folder

    for name in ("report", "output"):
        if name not in flags.FLAGS or not flags.FLAGS[name].value:
            continue
        file = pathlib.Path(flags.FLAGS[name].value).expanduser()
        if file.is_dir():
            raise InputError(f"--{name}={file} is a folder: name a file in it.")
        make_folder(file.parent)


def _run_main(main: Callable[..., None], arguments: list[Any]) -> int:
    from keras_rcnn.errors import InputError

    try:
        _prepare_outputs()
        main(*arguments)
        sys.stdout.flush()
    except InputError as error:
        print(f"error: {error}", file=sys.stderr)
        return FAILURE
    return 0
