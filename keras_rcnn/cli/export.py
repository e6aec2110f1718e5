r"""Exports a trained network for serving, phones or ONNX.

    keras-rcnn export --model_dir=runs/stanford \
        --all=saved_models/rcnn2_stanford_background \
        --dataset=stanford_background

writes every format, with a table of sizes, speed, agreement and accuracy, in
some minutes. A single format takes seconds:

    keras-rcnn export --model_dir=runs/stanford --saved_model=served
    keras-rcnn export --model_dir=runs/stanford --litert=stanford.tflite \
        --litert_size=240x320 --output_resolution=4 --quantize=weights
    keras-rcnn export --model_dir=runs/stanford --onnx=stanford.onnx

Loading and running a SavedModel needs only TensorFlow; `serving_default` takes
uint8 photos of any size, `(batch, height, width, 3)`, other signatures take
files. The `model.keras` beside it is the network for Python.

A LiteRT file for photos of one size is faster than one for any size.
Quantization: `float16` halves the file; `weights`, 8 bits each, makes it a
quarter with the same arithmetic; `dynamic` and `int8` also compute in 8 bits,
`int8` with the ranges of the numbers that occur in the training photos of
`--dataset`. MediaPipe's `ImageSegmenter` runs files with
`--litert_output=probabilities`.
"""

import importlib.util
import pathlib
from typing import Any

import numpy as np
from PIL import Image

import keras_rcnn
from keras_rcnn.cli import flags, model_flags, runner, trained_side
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io import quiet

FLAGS = flags.Flags()
# The machine that runs the file need not be like the one that writes it.
model_flags.add_labeling_choices(FLAGS, precision="float32")
flags.add_dataset(FLAGS, required=False)
FLAGS.add_string(
    "model_dir",
    None,
    "Folder of a run, .keras file, or name of a network that comes with the "
    "package.",
    required=True,
)
flags.add_report(FLAGS)
FLAGS.add_string(
    "all",
    None,
    "Folder for the SavedModel, litert/*.tflite and labeling.onnx, compared "
    "on the test split of --dataset.",
)
FLAGS.add_integer(
    "phone_resolution",
    4,
    "With --all: pixels from one computed label to the next in LiteRT and "
    "ONNX files.",
)
FLAGS.add_string("saved_model", None, "SavedModel folder to write.")
FLAGS.add_string(
    "scores",
    None,
    "Report of `keras-rcnn evaluate` on the network, to be kept in the "
    "SavedModel.",
)
FLAGS.add_float(
    "max_megapixels",
    25.0,
    "Largest photo that the SavedModel labels.",
    lower_bound=0,
    upper_bound=1_000_000,
)
FLAGS.add_string("litert", None, "LiteRT file (.tflite) to write.")
FLAGS.add_string(
    "litert_size",
    None,
    "HEIGHTxWIDTH of all photos that the LiteRT file takes; any if not given, "
    "240x320 with --all.",
)
FLAGS.add_enum(
    "litert_output",
    "labels",
    ["labels", "probabilities"],
    "What the LiteRT file computes.",
)
FLAGS.add_enum(
    "quantize",
    "none",
    ["none", "float16", "weights", "dynamic", "int8"],
    "Numbers in the LiteRT file.",
)
FLAGS.add_integer(
    "calibration_photos",
    50,
    "Number of photos of --dataset that set the ranges of int8.",
)
FLAGS.add_string("onnx", None, "ONNX file to write.")

comparison = LazyModule("keras_rcnn.export.comparison")
metadata = LazyModule("keras_rcnn.export.metadata")
phone_set = LazyModule("keras_rcnn.export.phone_set")


def main() -> None:
    """Loads the network and exports it."""
    if not any((FLAGS.all, FLAGS.saved_model, FLAGS.litert, FLAGS.onnx)):
        raise InputError(
            "Nothing to write: give --all=FOLDER, --saved_model=FOLDER, "
            "--litert=FILE or --onnx=FILE."
        )
    refuse_idle_flags()
    size = flags.height_and_width(FLAGS, "litert_size")
    if FLAGS.all and not FLAGS.dataset:
        raise InputError(
            "--all compares what it writes on labeled photos: give --dataset, "
            "the one that the network was trained on."
        )
    if FLAGS.onnx:
        refuse_without("tf2onnx", "ONNX export", "onnx")
    if FLAGS.litert or FLAGS.all:
        refuse_without("ai_edge_litert", "LiteRT export", "litert")
    if FLAGS.longest_side is None:
        side = trained_side.planned_side(FLAGS.model_dir)
        FLAGS["longest_side"].value = side
    model = keras_rcnn.load_model(FLAGS.model_dir)
    figures: dict[str, Any] = {}
    if FLAGS.saved_model:
        figures["saved_model"] = write_saved_model(model, FLAGS.saved_model)
    if FLAGS.litert:
        figures["litert"] = write_litert(model, size)
    if FLAGS.onnx:
        file = pathlib.Path(FLAGS.onnx)
        figures["onnx"] = write_onnx(model, file, FLAGS.output_resolution)
    if FLAGS.all:
        figures |= write_all(model, pathlib.Path(FLAGS.all), size or (240, 320))
    runner.write_report(FLAGS.report, figures)
    if FLAGS.longest_side and (FLAGS.litert or FLAGS.onnx):
        print(
            "keras-rcnn label --longest_side="
            f"{FLAGS.longest_side} --model={FLAGS.litert or FLAGS.onnx} ... "
            "labels photos at the size of the training."
        )


def refuse_without(module: str, what: str, extra: str) -> None:
    """Raises the error of a missing extra before anything is written."""
    if importlib.util.find_spec(module) is None:
        raise missing_extra(what, extra)


def write_saved_model(
    model: "keras_rcnn.models.SceneParser", folder: str
) -> dict[str, Any]:
    """Writes the SavedModel and prints its properties."""
    labeler = keras_rcnn.SceneLabeler(
        model, **model_flags.labeling_choices(FLAGS)
    )
    path = keras_rcnn.export.export_saved_model(
        labeler,
        folder,
        metadata.read_metadata(FLAGS.model_dir, FLAGS.scores),
        max_megapixels=FLAGS.max_megapixels,
    )
    parts = [path / "saved_model.pb", *(path / "variables").iterdir()]
    size = sum(file.stat().st_size for file in parts)
    trained_side.copy_plan(FLAGS.model_dir, path)
    side = labeler.graph.smoothing
    averaged = f"scores averaged over {side}x{side}, " if side > 1 else ""
    print(
        f"{path}: {labeler.num_instances} instance(s), 1 label for each "
        f"{labeler.output_resolution}x{labeler.output_resolution} pixels, "
        f"{averaged}{size / 1024:.0f} KB."
    )
    return {
        "num_instances": labeler.num_instances,
        "output_resolution": labeler.output_resolution,
        "smoothing": side,
        "bytes": size,
    }


def write_litert(
    model: "keras_rcnn.models.SceneParser", size: tuple[int, int] | None
) -> dict[str, Any]:
    """Writes the LiteRT file and prints its size."""
    photos = calibration_photos(size) if FLAGS.quantize == "int8" else ()
    # Quantizing runs the file, and LiteRT prints a notice when it starts.
    with quiet.quiet_libraries():
        file = keras_rcnn.export.export_litert(
            model,
            FLAGS.litert,
            size,
            FLAGS.output_resolution,
            FLAGS.num_instances,
            FLAGS.quantize,
            FLAGS.litert_output,
            photos,
            FLAGS.smoothing or 1,
        )
    return print_size(file) | {"quantize": FLAGS.quantize}


def write_onnx(
    model: "keras_rcnn.models.SceneParser",
    file: pathlib.Path,
    output_resolution: int | None,
) -> dict[str, Any]:
    """Writes the ONNX file and prints its size."""
    keras_rcnn.export.export_onnx(
        model,
        file,
        output_resolution=output_resolution,
        num_instances=FLAGS.num_instances,
        smoothing=FLAGS.smoothing or 1,
    )
    return print_size(file)


def print_size(file: pathlib.Path) -> dict[str, Any]:
    """Prints the size of a file and returns it for the report."""
    size = file.stat().st_size
    print(f"{file}: {size / 1024:.0f} KB.")
    return {"bytes": size}


def write_all(
    model: "keras_rcnn.models.SceneParser",
    folder: pathlib.Path,
    size: tuple[int, int],
) -> dict[str, Any]:
    """Writes every format, compares them and prints the table."""
    dataset = flags.load_dataset(FLAGS, "test")
    flags.check_classes(FLAGS, dataset, FLAGS.model_dir, model.class_names)
    resolution = FLAGS.phone_resolution
    photos = calibration_photos(size)
    figures: dict[str, Any] = {
        "saved_model": write_saved_model(model, str(folder))
    }
    files = phone_set.write_phone_set(
        model,
        folder / "litert",
        size,
        resolution,
        FLAGS.num_instances,
        photos,
        FLAGS.smoothing or 1,
    )
    if importlib.util.find_spec("tf2onnx"):
        files["onnx"] = folder / "labeling.onnx"
        write_onnx(model, files["onnx"], resolution)
    else:
        print(f"No ONNX file: {missing_extra('it', 'onnx')}")
    rows = comparison.compare(folder, resolution, files, dataset, size)
    print(comparison.markdown(rows))
    return figures | {"files": rows}


def refuse_idle_flags() -> None:
    """Refuses settings of LiteRT files if no LiteRT file is to be written."""
    names = ("litert_size", "litert_output", "quantize")
    given = [f"--{name}" for name in names if FLAGS[name].present]
    if given and not (FLAGS.litert or FLAGS.all):
        raise InputError(
            f"{' and '.join(given)} only changes a LiteRT file, and none is to "
            "be written: give --litert=FILE as well, or leave it out."
        )


def calibration_photos(size: tuple[int, int] | None) -> list[np.ndarray]:
    """Training photos, scaled to the size."""
    if size is None or not FLAGS.dataset:
        raise InputError(
            "int8 needs photos: give --litert_size and --dataset, the one "
            "that the network was trained on."
        )
    dataset = flags.load_dataset(FLAGS, "train")
    examples = dataset.examples.take(FLAGS.calibration_photos)
    return [
        np.asarray(Image.fromarray(example["image"]).resize(size[::-1]))
        for example in examples.as_numpy_iterator()
    ]
