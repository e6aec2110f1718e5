"""The folder of a training run: one process, one run, one line for errors."""

import contextlib
import json
import pathlib
import re
from collections.abc import Iterator, Mapping
from typing import Any

import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder, write_file

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

SETTINGS_FILE = "settings.json"
CHECKPOINTS_DIR = "checkpoints"
_OTHER_FOLDER = "choose another folder or delete it."
_DISK_IS_FULL = re.compile(
    "No space left on device|Disk quota exceeded|File too large"
)


@contextlib.contextmanager
def lock(folder: pathlib.Path) -> Iterator[None]:
    """Keeps other training runs out of a folder.

    The operating system unlocks it when the process ends, even if it is
    killed. Windows has no such lock.

    Raises:
        InputError: if another run holds it.
    """
    make_folder(folder)
    try:
        file = (folder / ".lock").open("a")
    except OSError as error:
        raise InputError(
            f"model_dir={folder} cannot be written ({error.strerror}): choose "
            "another folder."
        ) from error
    with file:
        try:
            if fcntl:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InputError(
                f"Another process trains in model_dir={folder}: wait for its "
                "end, or choose another folder."
            ) from error
        except OSError:
            pass  # A file system without locks.
        yield


@contextlib.contextmanager
def full_disk_named(folder: pathlib.Path) -> Iterator[None]:
    """Replaces the errors of Python and TensorFlow when a disk is full.

    Raises:
        InputError: which says what to do.
    """
    try:
        yield
    except (OSError, RuntimeError, tf.errors.OpError) as error:
        reason = _DISK_IS_FULL.search(str(error))
        if not reason:
            raise
        raise InputError(
            f"model_dir={folder} cannot be written ({reason[0]}): free some "
            "space and start again; the run continues after its last "
            "checkpoint."
        ) from error


def remember_settings(
    folder: pathlib.Path, settings: Mapping[str, Any]
) -> None:
    """Writes what makes a run this run, and refuses another one.

    Photos that only moved to another folder are the same.

    Args:
        folder: of the run.
        settings: anything that JSON can hold.

    Raises:
        InputError: if the folder holds a run with other settings, or its
            settings cannot be read.
    """
    # Tuples become lists, as in the settings that are read below.
    settings = json.loads(json.dumps(settings))
    file = folder / SETTINGS_FILE
    if file.exists() or any((folder / CHECKPOINTS_DIR).glob("ckpt-*")):
        changed = dict(_differences(_read(file), settings))
        if changed.keys() - {"data.folder"}:
            raise InputError(
                f"model_dir={folder} holds a run with other settings "
                f"({'; '.join(changed.values())}): {_OTHER_FOLDER}"
            )
    write_file(file, (json.dumps(settings, indent=2) + "\n").encode())


def _read(file: pathlib.Path) -> dict[str, Any]:
    try:
        settings = json.loads(file.read_bytes())
        if not isinstance(settings, dict):
            raise ValueError("not a table of settings")
    except (OSError, ValueError) as error:
        raise InputError(
            f"model_dir={file.parent} holds a run whose {file.name} is missing "
            f"or damaged ({error}): {_OTHER_FOLDER}"
        ) from error
    return settings


def _differences(
    earlier: Any, now: Any, name: str = ""
) -> Iterator[tuple[str, str]]:
    """Yields the name of each setting that differs, and a text about it."""
    if isinstance(earlier, dict) and isinstance(now, dict):
        for key in dict.fromkeys((*now, *earlier)):
            inner = f"{name}.{key}" if name else key
            yield from _differences(earlier.get(key), now.get(key), inner)
    elif earlier != now:
        yield name, f"{name}={_shown(now)} was {_shown(earlier)}"


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:97]}..."
