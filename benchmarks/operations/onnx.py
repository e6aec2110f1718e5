"""Times the operations of an ONNX file by the profile of ONNX Runtime."""

import collections
import json
import pathlib
import tempfile

import numpy as np

from keras_rcnn.errors import import_extra

# Of photos of any size.
_SIZE = (240, 320)


def time_onnx(file: pathlib.Path, repeats: int) -> dict[str, tuple[int, float]]:
    """Number and milliseconds of each kind of operation, the slowest first.

    Args:
        file: whose input is `images`, uint8 `(1, height, width, 3)`.
        repeats: runs, of which the fastest of each operation counts.
    """
    onnxruntime = import_extra("onnxruntime", str(file), "onnx")
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.enable_profiling = True
    with tempfile.TemporaryDirectory() as folder:
        options.profile_file_prefix = str(pathlib.Path(folder, "profile"))
        session = onnxruntime.InferenceSession(
            str(file), options, providers=["CPUExecutionProvider"]
        )
        (photo,) = session.get_inputs()
        size = [
            side if isinstance(side, int) else fallback
            for side, fallback in zip(photo.shape[1:3], _SIZE, strict=True)
        ]
        pixels = np.random.default_rng(0).integers(
            0, 256, (1, *size, 3), np.uint8
        )
        for _ in range(repeats):
            session.run(None, {photo.name: pixels})
        events = json.loads(pathlib.Path(session.end_profiling()).read_text())
    return _by_kind(events)


def _by_kind(events: list[dict]) -> dict[str, tuple[int, float]]:
    fastest: dict[tuple[str, str], float] = {}
    for event in events:
        kind = event.get("args", {}).get("op_name")
        if kind and event["name"].endswith("_kernel_time"):
            key = kind, event["name"]
            fastest[key] = min(event["dur"] / 1e3, fastest.get(key, np.inf))
    totals: dict[str, float] = collections.defaultdict(float)
    for (kind, _), milliseconds in fastest.items():
        totals[kind] += milliseconds
    counts = collections.Counter(kind for kind, _ in fastest)
    return {
        kind: (counts[kind], milliseconds)
        for kind, milliseconds in sorted(
            totals.items(), key=lambda item: -item[1]
        )
    }
