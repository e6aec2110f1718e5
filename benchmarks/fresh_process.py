"""Labels one photo in a new process."""

import json
import pathlib
import signal
import subprocess
import sys
from typing import Any

from keras_rcnn.evaluation.speed import machine

# Fraction of the memory that the process may take.
MEMORY_FRACTION = 0.8
# Without memory, a process is killed, or a library aborts or crashes.
OUT_OF_MEMORY = {
    -getattr(signal, name)
    for name in ("SIGKILL", "SIGABRT", "SIGSEGV")
    if hasattr(signal, name)
}


def label_one_photo(
    form: str,
    model: pathlib.Path,
    height: int,
    width: int,
    labels: int = 1,
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The result of `one_photo.main`; empty if the memory did not suffice.

    Args:
        form: `keras` or `saved_model`.
        model: folder or file.
        height: of the photo, in pixels.
        width: of the photo, in pixels.
        labels: number of times to label it.
        options: arguments of the `SceneLabeler`.

    Raises:
        RuntimeError: if it failed for another reason.
    """
    memory = machine.physical_memory()
    task = {
        "form": form,
        "model": str(model),
        "height": height,
        "width": width,
        "labels": labels,
        "options": options or {},
        "limit": memory and int(MEMORY_FRACTION * memory),
    }
    process = subprocess.run(
        [sys.executable, "-m", "benchmarks.one_photo", json.dumps(task)],
        capture_output=True,
        text=True,
        check=False,
    )
    if process.returncode in OUT_OF_MEMORY:
        return {}
    if process.returncode:
        raise RuntimeError(f"one_photo failed:\n{process.stderr}")
    return json.loads(process.stdout.splitlines()[-1])
