"""Loads a model and labels one photo, and says what that has taken.

Run by `fresh_process`, as the only thing that its process does: what is
measured is a program's start, or its memory, from nothing. The task is one
JSON argument, the result one line of JSON.
"""

import json
import pathlib
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

from keras_rcnn.io.allocator import keep_freed_memory


def main(task: dict[str, Any]) -> dict[str, Any]:
    """Labels a photo.

    Args:
        task: `form`, `keras` (by the package) or `saved_model` (by TensorFlow
            alone); `model`, its path; `options` of the `SceneLabeler`;
            `height` and `width` of the photo; `labels`, how often to label
            it; `limit`, bytes that may be taken.

    Returns:
        Seconds of the import, of loading and of each labeling, megabytes at
        the peak with the model loaded and with the photo labeled. What the
        memory did not suffice for is missing.
    """
    limit_memory(task["limit"])
    # As every program here does.
    keep_freed_memory()
    start = time.perf_counter()
    if task["form"] == "keras":
        import keras_rcnn  # noqa: F401
    import numpy as np
    import tensorflow as tf

    imported = time.perf_counter()
    label = load(task)
    loaded = time.perf_counter()
    figures: dict[str, Any] = {
        "import_seconds": imported - start,
        "load_seconds": loaded - imported,
        "loaded_megabytes": peak_megabytes(),
        "label_seconds": [],
    }
    rng = np.random.default_rng(0)
    shape = (1, task["height"], task["width"], 3)
    photo = rng.integers(0, 256, shape, np.uint8)
    for _ in range(task["labels"]):
        begin = time.perf_counter()
        try:
            label(photo)
        except (MemoryError, tf.errors.ResourceExhaustedError):
            return figures
        figures["label_seconds"].append(time.perf_counter() - begin)
    figures["peak_megabytes"] = peak_megabytes()
    return figures


def load(task: dict[str, Any]) -> Callable[[Any], Any]:
    """Function that labels photos."""
    if task["form"] == "keras":
        from keras_rcnn import SceneLabeler, load_model

        return SceneLabeler(load_model(task["model"]), **task["options"])
    import tensorflow as tf

    model = tf.saved_model.load(task["model"])

    def label(photos: Any) -> Any:
        signature = model.signatures["serving_default"]
        return signature(images=tf.constant(photos))["labels"].numpy()

    return label


def limit_memory(limit: int) -> None:
    """So that a photo too large ends this process and no other."""
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def peak_megabytes() -> float:
    """Most memory that was resident at a time, in 10^6 bytes."""
    status = pathlib.Path("/proc/self/status")
    if status.is_file():
        # On Linux ru_maxrss begins with that of the parent, VmHWM anew.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
