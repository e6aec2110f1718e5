"""How much memory it takes to label a photo of each size."""

import functools
import math
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from benchmarks.one_photo import label_one_photo, peak_megabytes
from benchmarks.report import new_figure, plot_rows
from keras_rcnn.errors import InputError
from keras_rcnn.evaluation.speed import networks
from keras_rcnn.evaluation.speed.tables import number, quartiles
from keras_rcnn.evaluation.speed.timing import interleave, spread
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.models.saving import load_model

# Arguments of the `SceneLabeler`.
MODES: dict[str, dict[str, Any]] = {"whole": networks.WHOLE, "tiled": {}}


def measure(
    model: str | None = None,
    sizes: Sequence[tuple[int, int]] = (
        (240, 320),
        (480, 640),
        (960, 1280),
        (1920, 2560),
    ),
    resolutions: Sequence[int] = (1,),
    repeats: int = 3,
    seconds: float = 20.0,
) -> list[dict[str, Any]]:
    """Measures the peak of processes that each label one photo.

    Args:
        model: folder or `.keras` file; a shipped network by default.
        sizes: height and width of the photos, in pixels.
        resolutions: pixels from one computed label to the next.
        repeats: maximum number of processes of a mode, resolution and size.
        seconds: time for these processes.

    Returns:
        A row for each mode, resolution and size.

    Raises:
        InputError: if the model or a resolution cannot be used, or the system
            does not report memory.
    """
    if peak_megabytes() is None:
        raise InputError(
            "--suite=memory needs Linux or macOS, which report the peak memory "
            "of a process."
        )
    path = networks.folder(model)
    network = load_model(path)
    for resolution in resolutions:
        SceneLabeler(network, output_resolution=resolution)
    keys = [
        (mode, resolution, size)
        for mode in MODES
        for resolution in resolutions
        for size in sorted(sizes, key=math.prod)
    ]
    samples = interleave(
        {
            (mode, resolution, size): functools.partial(
                label_one_photo,
                "keras",
                path,
                *size,
                options=MODES[mode] | {"output_resolution": resolution},
            )
            for mode, resolution, size in keys
        },
        repeats,
        seconds,
        "memory",
    )
    return [_row(*key, samples[key]) for key in keys]


def _row(
    mode: str,
    resolution: int,
    size: tuple[int, int],
    runs: list[dict[str, Any]],
) -> dict[str, Any]:
    """The result; a photo is too large if any run had too little memory."""
    enough = all("peak_megabytes" in run for run in runs)
    measured = {
        "peak_megabytes": "peak_megabytes",
        "loaded_megabytes": "loaded_megabytes",
        "label_seconds": "first_label_seconds",
    }
    return {
        "mode": mode,
        "output_resolution": resolution,
        "height": size[0],
        "width": size[1],
        "enough_memory": enough,
        **{
            key: spread([run[name] for run in runs]) if enough else None
            for key, name in measured.items()
        },
    }


COLUMNS = {
    "mode": lambda row: row["mode"],
    "photo": lambda row: f"{row['height']}x{row['width']}",
    "labels": lambda row: f"1/{row['output_resolution']}",
    "peak MB": lambda row: (
        quartiles(row["peak_megabytes"]) if row["enough_memory"] else "too much"
    ),
    "before MB": lambda row: quartiles(row["loaded_megabytes"]),
    "first label s": lambda row: quartiles(row["label_seconds"]),
    "bytes a pixel": lambda row: number(_bytes_a_pixel(row)),
}
NOTES = """\
Peak resident memory of a process that labels one photo, the same before, with
the model loaded, and their difference for each pixel. 1 MB is 10^6 bytes."""


def _bytes_a_pixel(row: dict[str, Any]) -> float | None:
    if not row["enough_memory"]:
        return None
    more = row["peak_megabytes"]["median"] - row["loaded_megabytes"]["median"]
    return 1e6 * more / (row["height"] * row["width"])


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Megabytes over megapixels, a line for each mode and resolution."""
    figure, (axes,) = new_figure(6, 4)
    plot_rows(
        axes,
        rows,
        label=lambda row: f"{row['mode']}, labels 1/{row['output_resolution']}",
        x=lambda row: row["height"] * row["width"] / 1e6,
        y="peak_megabytes",
        xscale="log",
        yscale="log",
        xlabel="megapixels",
        ylabel="peak resident memory, MB",
    )
    if axes.has_data():
        axes.legend()
    return figure
