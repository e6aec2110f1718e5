"""One photo labeled in a process of its own."""

import json
import os
import pathlib
import signal
import subprocess
import sys
from typing import Any

from benchmarks import machine

TOOLS = pathlib.Path(__file__).resolve().parents[1]
# Of the memory that there is; the rest is the others'.
MEMORY_SHARE = 0.8
# The system kills, or a library without memory gives up, or goes on without.
OUT_OF_MEMORY = (-signal.SIGKILL, -signal.SIGABRT, -signal.SIGSEGV)


def label_one_photo(
    form: str,
    model: pathlib.Path,
    height: int,
    width: int,
    labels: int = 1,
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """What `one_photo.main` gives; nothing if it died of want of memory.

    Args:
        form: `keras` or `saved_model`.
        model: folder or file.
        height: of the photo, in pixels.
        width: of the photo, in pixels.
        labels: how often to label it.
        options: of the `SceneLabeler`.

    Raises:
        RuntimeError: if it failed for another reason.
    """
    task = {
        "form": form,
        "model": str(model),
        "height": height,
        "width": width,
        "labels": labels,
        "options": options or {},
        "limit": int(MEMORY_SHARE * machine.physical_memory()),
    }
    # It is to find what this process has found, the package included.
    paths = [str(TOOLS), *filter(None, sys.path)]
    process = subprocess.run(
        [sys.executable, "-P", "-m", "benchmarks.one_photo", json.dumps(task)],
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        check=False,
    )
    if process.returncode in OUT_OF_MEMORY:
        return {}
    if process.returncode:
        raise RuntimeError(f"one_photo failed:\n{process.stderr}")
    return json.loads(process.stdout.splitlines()[-1])
