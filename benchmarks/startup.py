"""How long a new process takes to its first labels."""

import functools
import importlib.util
from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from benchmarks.one_photo import LABELINGS, label_one_photo
from benchmarks.report import medians, new_figure
from keras_rcnn.errors import InputError
from keras_rcnn.evaluation.speed import networks
from keras_rcnn.evaluation.speed.tables import quartiles
from keras_rcnn.evaluation.speed.timing import interleave, spread
from keras_rcnn.models.zoo import MODEL_FILE

# Loaded by the package, and by TensorFlow alone.
FORMS = {"keras": MODEL_FILE, "saved_model": "saved_model.pb"}
# Files that run without TensorFlow, and the packages that run them. They are
# measured if both are there.
ENGINES = {
    "litert": ("litert/float32.tflite", "ai_edge_litert"),
    "onnx": ("labeling.onnx", "onnxruntime"),
}
OF_PROCESS = (
    "processor_seconds",
    "processor_second_label_seconds",
    "peak_megabytes",
)
PARTS = ("import_seconds", "load_seconds", *LABELINGS)


def measure(
    model: str | None = None,
    sizes: Sequence[tuple[int, int]] = ((240, 320),),
    repeats: int = 5,
    seconds: float = 60.0,
) -> list[dict[str, Any]]:
    """Times import, loading, first and second labels in fresh processes.

    Args:
        model: folder of an exported model; a shipped network by default.
        sizes: height and width of the photos, in pixels.
        repeats: maximum number of processes of a form and size.
        seconds: time for these processes.

    Returns:
        A row for each form and size.

    Raises:
        InputError: if the folder does not hold both forms of the model.
    """
    folder = networks.folder(model)
    for file in FORMS.values():
        if not (folder / file).is_file():
            raise InputError(
                f"--model={folder} holds no {file}: give a folder that "
                "keras-rcnn export wrote."
            )
    models = dict.fromkeys(FORMS, folder) | {
        form: folder / file
        for form, (file, package) in ENGINES.items()
        if (folder / file).is_file() and importlib.util.find_spec(package)
    }
    samples = interleave(
        {
            (form, size): functools.partial(
                label_one_photo, form, model, *size, labels=2
            )
            for size in sizes
            for form, model in models.items()
        },
        repeats,
        seconds,
        "startup",
    )
    return [_row(*key, runs) for key, runs in samples.items()]


def _row(
    form: str, size: tuple[int, int], runs: list[dict[str, Any]]
) -> dict[str, Any]:
    if any(PARTS[-1] not in run for run in runs):
        raise InputError(
            f"--sizes: there is too little memory for a photo of "
            f"{size[0]}x{size[1]} pixels: give smaller sizes."
        )
    to_first_labels = [sum(run[name] for name in PARTS[:-1]) for run in runs]
    return {
        "form": form,
        "height": size[0],
        "width": size[1],
        **{name: spread([run[name] for run in runs]) for name in PARTS},
        "to_first_labels_seconds": spread(to_first_labels),
        **{name: spread([run[name] for run in runs]) for name in OF_PROCESS},
    }


COLUMNS = {
    "form": lambda row: row["form"],
    "photo": lambda row: f"{row['height']}x{row['width']}",
    "import s": lambda row: quartiles(row["import_seconds"]),
    "load s": lambda row: quartiles(row["load_seconds"]),
    "first label s": lambda row: quartiles(row["first_label_seconds"]),
    "second label s": lambda row: quartiles(row["second_label_seconds"]),
    "to first labels s": lambda row: quartiles(row["to_first_labels_seconds"]),
    "processor s": lambda row: quartiles(row["processor_seconds"]),
    "second label": lambda row: quartiles(
        row["processor_second_label_seconds"]
    ),
    "peak MB": lambda row: quartiles(row["peak_megabytes"]),
}
NOTES = """\
keras: the .keras file, loaded by the package. saved_model: loaded by TensorFlow
alone. litert and onnx: litert/float32.tflite, which scales each photo to its
own size, and labeling.onnx, loaded by the package without TensorFlow. Each run
is a new process; the files are in the system's cache. The processor seconds of
all threads together, to the first labels and of the second labels, depend less
on what else the machine does."""


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """A bar for each form and size, divided into the parts of the time."""
    figure, (axes,) = new_figure(8, 1.5 + 0.6 * len(rows))
    names = [f"{row['form']}\n{row['height']}x{row['width']}" for row in rows]
    left = [0.0] * len(rows)
    for part in PARTS:
        widths = medians([row[part] for row in rows])
        label = part.removesuffix("_seconds").replace("_", " ")
        axes.barh(names, widths, left=left, label=label)
        left = [sum(pair) for pair in zip(left, widths, strict=True)]
    axes.invert_yaxis()
    axes.set_xlabel("seconds")
    figure.legend(loc="outside upper center", ncols=len(PARTS), fontsize=8)
    return figure
