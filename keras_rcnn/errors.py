"""The errors that a user can fix."""

import importlib
import importlib.util
import re
from typing import Any

# Names on the package index; the import name is `keras_rcnn`. The second one
# is the same package without TensorFlow and without the trained networks.
DISTRIBUTION = "keras-scene-parsing"
RUNTIME = "keras-scene-parsing-runtime"
_CONTROL = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)


class InputError(ValueError):
    """Something that the user gave (a file, folder or flag) cannot be used.

    The message is one line that names it and says how to fix it. The commands
    print that line alone and exit with status 1. Lists of failures have a line
    for each one after the message.
    """

    def __init__(self, message: str, *failures: str) -> None:
        super().__init__("\n  ".join(map(printable, (message, *failures))))


def printable(text: object) -> str:
    r"""A text with control characters escaped, which a terminal would obey.

    These are also line breaks, marks that change the direction of writing, and
    bytes of file names that are not UTF-8.

    >>> printable("a\x1b[31m\nb")
    'a\\x1b[31m\\nb'
    """
    return re.sub(_CONTROL, lambda found: ascii(found[0])[1:-1], str(text))


def missing_extra(what: str, extra: str) -> InputError:
    """Returns the error for an optional dependency that is not installed.

    Args:
      what: What cannot run without it, as the subject of a sentence.
      extra: The extra of the distribution that installs it.
    """
    runtime = _of_runtime()
    offered = runtime and extra in runtime.get_all("Provides-Extra", [])
    distribution = RUNTIME if offered else DISTRIBUTION
    return InputError(
        f"{what} needs the extra {extra}:"
        f" run `pip install '{distribution}[{extra}]'`."
    )


def require_tensorflow(what: str) -> None:
    """Refuses what cannot run because TensorFlow is not installed.

    Args:
      what: What needs TensorFlow, as the subject of a sentence.

    Raises:
        InputError: naming the distribution to install.
    """
    if importlib.util.find_spec("tensorflow") is None:
        place = f" in an environment without {RUNTIME}" * bool(_of_runtime())
        raise InputError(
            f"{what} needs TensorFlow: run `pip install {DISTRIBUTION}`{place}."
        )


def import_extra(module: str, what: str, extra: str) -> Any:
    """Imports a module of an optional dependency.

    Args:
      module: Its full name.
      what: As for `missing_extra`.
      extra: As for `missing_extra`.

    Raises:
        InputError: if it is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise missing_extra(what, extra) from error


def _of_runtime() -> Any:
    """Metadata of the distribution without TensorFlow; None if not there."""
    # Only errors need this slow import.
    from importlib import metadata

    if importlib.util.find_spec("tensorflow") is not None:
        return None
    try:
        return metadata.metadata(RUNTIME)
    except metadata.PackageNotFoundError:
        return None
