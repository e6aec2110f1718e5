"""Labels one photo in a new process, and measures its time and memory.

`label_one_photo` runs this module in the new process, so that the start of a
program and its memory are measured from the beginning.
"""

# The import of NumPy and TensorFlow is measured, so that it is in functions.
import json
import pathlib
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.io.allocator import keep_freed_memory

try:
    import resource
except ImportError:  # Windows
    resource = None  # type: ignore[assignment]

machine = LazyModule("keras_rcnn.evaluation.speed.machine")
# Fraction of the memory that the process may take.
MEMORY_FRACTION = 0.8
# Without memory, a process is killed, or a library aborts or crashes.
OUT_OF_MEMORY = {
    -getattr(signal, name)
    for name in ("SIGKILL", "SIGABRT", "SIGSEGV")
    if hasattr(signal, name)
}

LABELINGS = ("first_label_seconds", "second_label_seconds")
Label = Callable[[Any], Any]


def label_one_photo(
    form: str,
    model: pathlib.Path,
    height: int,
    width: int,
    labels: int = 1,
    options: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """The result of `main` in a new process; empty without enough memory.

    Args:
        form: a key of `FORMS`.
        model: folder or file.
        height: of the photo, in pixels.
        width: of the photo, in pixels.
        labels: number of times to label it, 1 or 2.
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


def main(task: dict[str, Any]) -> dict[str, Any]:
    """Labels a photo.

    Args:
        task: `form`, a key of `FORMS`; `model`, its path; `options`, arguments
            of the `SceneLabeler`; `height` and `width` of the photo; `labels`,
            the number of times to label it; `limit`, the maximum number of
            bytes, or None.

    Returns:
        Seconds of the import, of loading and of each labeling; peak megabytes
        with the model loaded and after labeling; processor seconds, of all
        threads together, to the first labels and of each labeling. Values are
        missing if the memory did not suffice.
    """
    limit_memory(task["limit"])
    keep_freed_memory()
    start = time.perf_counter()
    load, memory_errors = FORMS[task["form"]]()
    imported = time.perf_counter()
    label = load(task)
    loaded = time.perf_counter()
    figures: dict[str, Any] = {
        "import_seconds": imported - start,
        "load_seconds": loaded - imported,
        "loaded_megabytes": peak_megabytes(),
    }
    photo = noise((1, task["height"], task["width"], 3))
    for name in LABELINGS[: task["labels"]]:
        begin, used = time.perf_counter(), time.process_time()
        try:
            label(photo)
        except memory_errors:
            return figures
        figures[name] = time.perf_counter() - begin
        figures[f"processor_{name}"] = time.process_time() - used
        figures.setdefault("processor_seconds", time.process_time())
    figures["peak_megabytes"] = peak_megabytes()
    return figures


def import_keras() -> tuple[Callable[[dict[str, Any]], Label], tuple]:
    """A function that loads a model with this package."""
    from keras_rcnn import SceneLabeler, load_model
    from keras_rcnn.labeling.labeler import TooLargeError

    def load(task: dict[str, Any]) -> Label:
        return SceneLabeler(load_model(task["model"]), **task["options"])

    return load, (MemoryError, TooLargeError)


def import_tensorflow() -> tuple[Callable[[dict[str, Any]], Label], tuple]:
    """A function that loads a SavedModel with TensorFlow alone."""
    import tensorflow as tf

    def load(task: dict[str, Any]) -> Label:
        model = tf.saved_model.load(task["model"])

        def label(photos: Any) -> Any:
            signature = model.signatures["serving_default"]
            return signature(images=tf.constant(photos))["labels"].numpy()

        return label

    return load, (MemoryError, tf.errors.ResourceExhaustedError)


def import_engine() -> tuple[Callable[[dict[str, Any]], Label], tuple]:
    """A function that loads a LiteRT or ONNX file, without TensorFlow."""
    from keras_rcnn.runtime.loading import load_labeler

    def load(task: dict[str, Any]) -> Label:
        return load_labeler(task["model"])

    return load, (MemoryError,)


FORMS = {
    "keras": import_keras,
    "saved_model": import_tensorflow,
    "litert": import_engine,
    "onnx": import_engine,
}


def noise(shape: tuple[int, ...]) -> Any:
    """A photo of random pixels."""
    import numpy as np

    return np.random.default_rng(0).integers(0, 256, shape, np.uint8)


def limit_memory(limit: int | None) -> None:
    """Makes large allocations fail here before other processes are killed."""
    if resource is None or limit is None:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_DATA)
    if hard != resource.RLIM_INFINITY:
        limit = min(limit, hard)
    resource.setrlimit(resource.RLIMIT_DATA, (limit, hard))


def peak_megabytes() -> float | None:
    """Maximum of the resident memory so far, in 10^6 bytes.

    None if the system does not report it.
    """
    status = pathlib.Path("/proc/self/status")
    if status.is_file():
        # On Linux, unlike VmHWM, ru_maxrss includes the peak of the parent.
        for line in status.read_text().splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024 / 1e6
    if resource is None:
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak * (1 if sys.platform == "darwin" else 1024) / 1e6


if __name__ == "__main__":
    print(json.dumps(main(json.loads(sys.argv[1]))))
