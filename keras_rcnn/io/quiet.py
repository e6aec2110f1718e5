"""Libraries that write to the terminal, held back."""

import contextlib
import importlib
import os
import sys
import tempfile
import types
from collections.abc import Iterator


def import_quietly(name: str) -> types.ModuleType:
    """Imports a module without the notices that TensorFlow prints."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with quiet_libraries():
        module = importlib.import_module(name)
        # The first search for graphics cards prints the last notices.
        importlib.import_module("tensorflow").config.list_physical_devices()
    return module


@contextlib.contextmanager
def quiet_libraries() -> Iterator[None]:
    """Hides what libraries write directly to the terminal in a block.

    These are notices at their start, which no log level suppresses. If the
    block fails, they are shown, except after errors of the user and interrupts.
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
