"""How long the parts of the work on each photo of a corpus take."""

import functools
import io
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from benchmarks.one_photo import label_one_photo
from benchmarks.report import error_bars, medians, new_figure
from keras_rcnn.evaluation.speed import networks
from keras_rcnn.evaluation.speed.tables import number, quartiles
from keras_rcnn.evaluation.speed.timing import interleave, seconds_of, spread
from keras_rcnn.io.images import encode_png, read_image, scale_down
from keras_rcnn.io.sample_photo import find_sample_photo
from keras_rcnn.labeling.scene_labeler import SceneLabeler

DECODE, MODEL, ENCODE = "decode", "model", "encode"
JPEG_QUALITY = 90


def measure(
    model: str | None = None,
    sizes: Sequence[tuple[int, int]] = ((240, 320), (3000, 4000)),
    resolutions: Sequence[int] = (8, 4, 2, 1),
    precisions: Sequence[str] = ("float32", "mixed_bfloat16"),
    repeats: int = 20,
    seconds: float = 10.0,
) -> list[dict[str, Any]]:
    """Times each part of the work, and counts bytes and memory.

    The photo is the sample photo as a JPEG file of each size. Decoding includes
    scaling it down to the first size, at which it is labeled.

    Args:
        model: folder of an exported model; a shipped network by default.
        sizes: height and width of the files, in pixels.
        resolutions: pixels from one computed label to the next.
        precisions: Keras dtype policies.
        repeats: maximum number of runs of a part.
        seconds: time for the runs of a part.

    Returns:
        A row for decoding each size, one for labeling at each resolution and
        precision, and one for encoding the labels.
    """
    files = {size: jpeg_file(size) for size in sizes}
    photo = decode(files[sizes[0]], max(sizes[0]))
    network = networks.load(model, None)
    peak = label_one_photo(
        "saved_model", networks.folder(model), *photo.shape[:2]
    )["peak_megabytes"]
    parts: list[tuple[dict[str, Any], Callable[[], object]]] = [
        (
            {
                "part": DECODE,
                "height": size[0],
                "width": size[1],
                "bytes": len(file),
            },
            functools.partial(decode, file, max(sizes[0])),
        )
        for size, file in files.items()
    ]
    for resolution in resolutions:
        for precision in precisions:
            labeler = SceneLabeler(
                network, output_resolution=resolution, precision=precision
            )
            row = {
                "part": MODEL,
                "output_resolution": resolution,
                "precision": precision,
                "peak_megabytes": peak,
            }
            parts.append((row, functools.partial(labeler, photo[None])))
    labels = labeler(photo[None])[0]
    row = {"part": ENCODE, "bytes": len(encode_png(labels))}
    parts.append((row, functools.partial(encode_png, labels)))
    samples = interleave(
        {
            index: functools.partial(seconds_of, function)
            for index, (_, function) in enumerate(parts)
        },
        repeats,
        seconds,
        "corpus",
    )
    return [
        row | {"seconds": spread(samples[index])}
        for index, (row, _) in enumerate(parts)
    ]


def jpeg_file(size: tuple[int, int]) -> bytes:
    """The sample photo as a JPEG file of a height and width."""
    content = io.BytesIO()
    photo = Image.fromarray(read_image(find_sample_photo()))
    photo.resize(size[::-1], Image.Resampling.LANCZOS).save(
        content, "JPEG", quality=JPEG_QUALITY
    )
    return content.getvalue()


def decode(file: bytes, longest_side: int) -> np.ndarray:
    """The photo in a file, at the size at which it is labeled."""
    return scale_down(read_image("photo.jpg", file), longest_side)


def _name(row: dict[str, Any]) -> str:
    if row["part"] == DECODE:
        return f"decode {row['height']}x{row['width']}"
    if row["part"] == MODEL:
        return f"model 1/{row['output_resolution']} {row['precision']}"
    return "encode labels"


COLUMNS = {
    "part": _name,
    "ms": lambda row: quartiles(row["seconds"], 1e3),
    "KB": lambda row: number(row["bytes"] / 1e3) if "bytes" in row else "-",
}
NOTES = """\
Decoding includes scaling down to the first size, at which photos are labeled.
Each part is timed alone; `taskset -c 0 python ...` is a worker of one core."""


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """A bar for each part."""
    figure, (axes,) = new_figure(8, 1 + 0.35 * len(rows))
    spreads = [row["seconds"] for row in rows]
    axes.barh(
        [_name(row) for row in rows],
        medians(spreads, 1e3),
        xerr=error_bars(spreads, 1e3),
        capsize=3,
    )
    axes.invert_yaxis()
    axes.set(xscale="log", xlabel="ms a photo")
    return figure
