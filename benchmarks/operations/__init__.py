"""Where the time goes in the files for phones, by kind of operation."""

import pathlib
from collections.abc import Callable, Sequence
from typing import Any

from matplotlib.figure import Figure

from benchmarks.operations.litert import time_litert
from benchmarks.operations.onnx import time_onnx
from benchmarks.report import new_figure
from keras_rcnn.errors import InputError
from keras_rcnn.models.zoo import shipped_file, shipped_networks

# Each way to compute: floats, products of 8 bits, all in 8 bits.
_LITERT = ("float32.tflite", "dynamic.tflite", "int8.tflite")
_ONNX = "labeling.onnx"
_SMALLEST_SHARE = 0.01


def measure(
    model: str | None = None, repeats: int = 20
) -> list[dict[str, Any]]:
    """Times the operations of LiteRT and ONNX files on one thread.

    Args:
        model: folder that `keras-rcnn export --all` wrote; all shipped
            networks with such files by default.
        repeats: runs of each measurement, of which the fastest counts.

    Returns:
        A row for each file and kind of operation, the slowest first.

    Raises:
        InputError: if the folder holds no such files.
    """
    rows = []
    for folder in _folders(model):
        for file, time_operations in _files(folder):
            times = time_operations(file, repeats)
            total = sum(milliseconds for _, milliseconds in times.values())
            for kind, (count, milliseconds) in times.items():
                rows.append(
                    {
                        "network": folder.name,
                        "file": file.name,
                        "operation": kind,
                        "count": count,
                        "milliseconds": milliseconds,
                        "share": milliseconds / total,
                    }
                )
    return rows


def _folders(model: str | None) -> list[pathlib.Path]:
    if model is None:
        shipped = [shipped_file(name).parent for name in shipped_networks()]
        return [folder for folder in shipped if _files(folder)]
    folder = pathlib.Path(model).expanduser()
    if not _files(folder):
        raise InputError(
            f"--model={model} holds neither litert/{_LITERT[0]} nor {_ONNX}: "
            "give a folder that `keras-rcnn export --all` wrote."
        )
    return [folder]


def _files(
    folder: pathlib.Path,
) -> list[tuple[pathlib.Path, Callable[..., dict[str, tuple[int, float]]]]]:
    files = [(folder / "litert" / name, time_litert) for name in _LITERT]
    files.append((folder / _ONNX, time_onnx))
    return [(file, function) for file, function in files if file.is_file()]


COLUMNS = {
    "network": lambda row: row["network"],
    "file": lambda row: row["file"],
    "operation": lambda row: row["operation"],
    "count": lambda row: str(row["count"]),
    "ms": lambda row: f"{row['milliseconds']:.2f}",
    "share": lambda row: f"{100 * row['share']:.1f} %",
}
NOTES = """\
LiteRT: the time of the file cut after an operation, less that of the file cut
before it. ONNX Runtime: its own profile, of operations that it has joined."""


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """A bar for each file, divided into the kinds of operations."""
    files = list(dict.fromkeys((row["network"], row["file"]) for row in rows))
    shown = [row for row in rows if row["share"] >= _SMALLEST_SHARE]
    figure, (axes,) = new_figure(9, 1.5 + 0.5 * len(files))
    ends = dict.fromkeys(files, 0.0)
    kinds = dict.fromkeys(row["operation"] for row in shown)
    for number, kind in enumerate(kinds):
        for row in shown:
            if row["operation"] == kind:
                file = row["network"], row["file"]
                axes.barh(
                    "\n".join(file),
                    row["milliseconds"],
                    left=ends[file],
                    color=f"C{number}",
                    label=kind,
                )
                ends[file] += row["milliseconds"]
    axes.invert_yaxis()
    axes.set_xlabel("ms a photo")
    handles, names = axes.get_legend_handles_labels()
    once = dict(zip(names, handles, strict=True))
    figure.legend(
        once.values(), once, loc="outside upper center", ncols=5, fontsize=8
    )
    return figure
