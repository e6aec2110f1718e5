r"""Writes a trained network to be served, or to be shipped in a phone.

    python tools/export.py --model_dir=runs/stanford \
        --all=saved_models/rcnn2_stanford_background \
        --dataset=stanford_background

writes all there is, with a table of sizes, speed, agreement and accuracy,
which takes some minutes. Parts of it take seconds:

    python tools/export.py --model_dir=runs/stanford --saved_model=served
    python tools/export.py --model_dir=runs/stanford --litert=stanford.tflite \
        --litert_size=240x320 --output_resolution=4 --quantize=weights
    python tools/export.py --model_dir=runs/stanford --onnx=stanford.onnx

To load and run a SavedModel takes TensorFlow alone; `serving_default` takes
uint8 photos of any size, `(batch, height, width, 3)`, other signatures take
files. The `model.keras` beside it is the network for Python.

A LiteRT file of a fixed size is the faster one. Quantization: `float16` halves
it; `weights`, 8 bits each, makes it a quarter with the same arithmetic;
`dynamic` and `int8` compute in 8 bits as well, the latter by the ranges of the
numbers that occur in the training photos of `--dataset`. MediaPipe's
`ImageSegmenter` runs files with `--litert_output=probabilities`.
"""

import pathlib
from typing import TYPE_CHECKING, Any

from absl import flags

from keras_rcnn.cli import dataset_flags, float_flags, labeling_flags, runner

if TYPE_CHECKING:
    import numpy as np

    from keras_rcnn import RecurrentCNN

FLAGS = flags.FLAGS
# The machine that runs it need not be like the one that writes it.
labeling_flags.define_choices(precision="float32")
dataset_flags.define(required=False)
flags.DEFINE_string(
    "model_dir", None, "Folder of a run, or a .keras file.", required=True
)
flags.DEFINE_string("report", None, "JSON file for the figures.")
flags.DEFINE_string(
    "all",
    None,
    "Folder for the SavedModel, litert/*.tflite and labeling.onnx, compared "
    "on the test split of --dataset.",
)
flags.DEFINE_integer(
    "phone_resolution",
    4,
    "With --all: pixels from one computed label to the next in LiteRT and "
    "ONNX files.",
    lower_bound=1,
)
flags.DEFINE_string("saved_model", None, "SavedModel folder to write.")
flags.DEFINE_string(
    "scores",
    None,
    "JSON file that tools/evaluate.py wrote of the network, to be kept in the "
    "SavedModel.",
)
float_flags.define_float(
    "max_megapixels",
    25.0,
    "Largest photo that the SavedModel will label.",
    lower_bound=0,
    upper_bound=1_000_000,
)
flags.DEFINE_string("litert", None, "LiteRT file (.tflite) to write.")
flags.DEFINE_string(
    "litert_size",
    None,
    "HEIGHTxWIDTH of all photos that the LiteRT file takes; any if not given, "
    "240x320 with --all.",
)
flags.DEFINE_enum(
    "litert_output",
    "labels",
    ["labels", "probabilities"],
    "What the LiteRT file gives.",
)
flags.DEFINE_enum(
    "quantize",
    "none",
    ["none", "float16", "weights", "dynamic", "int8"],
    "Numbers in the LiteRT file.",
)
flags.DEFINE_integer(
    "calibration_photos",
    50,
    "Photos of --dataset whose numbers set the ranges of int8.",
    lower_bound=1,
)
flags.DEFINE_string("onnx", None, "ONNX file to write.")


def main() -> None:
    """Loads the network and exports it."""
    from keras_rcnn import load_model
    from keras_rcnn.errors import InputError

    if not any((FLAGS.all, FLAGS.saved_model, FLAGS.litert, FLAGS.onnx)):
        raise InputError(
            "Nothing to write: give --all=FOLDER, --saved_model=FOLDER, "
            "--litert=FILE or --onnx=FILE."
        )
    refuse_idle_flags()
    size = litert_size()
    if FLAGS.all and not FLAGS.dataset:
        raise InputError(
            "--all compares what it writes on labeled photos: give --dataset, "
            "the one that the network was trained on."
        )
    model = load_model(FLAGS.model_dir)
    figures: dict[str, Any] = {}
    if FLAGS.saved_model:
        figures["saved_model"] = write_saved_model(model, FLAGS.saved_model)
    if FLAGS.litert:
        figures["litert"] = write_litert(model, size)
    if FLAGS.onnx:
        file = pathlib.Path(FLAGS.onnx)
        figures["onnx"] = write_onnx(model, file, FLAGS.output_resolution or 1)
    if FLAGS.all:
        figures |= write_all(model, pathlib.Path(FLAGS.all), size or (240, 320))
    runner.write_report(FLAGS.report, figures)


def write_saved_model(model: "RecurrentCNN", folder: str) -> dict[str, Any]:
    """Writes the SavedModel and says what is in it."""
    from keras_rcnn import SceneLabeler
    from keras_rcnn.export import export_saved_model
    from keras_rcnn.export.metadata import read_metadata

    labeler = SceneLabeler(model, **labeling_flags.choices())
    path = export_saved_model(
        labeler,
        folder,
        read_metadata(FLAGS.model_dir, FLAGS.scores),
        max_megapixels=FLAGS.max_megapixels,
    )
    parts = [path / "saved_model.pb", *(path / "variables").iterdir()]
    size = sum(file.stat().st_size for file in parts)
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
    model: "RecurrentCNN", size: tuple[int, int] | None
) -> dict[str, Any]:
    """Writes the LiteRT file and says what it is."""
    from keras_rcnn.export import export_litert

    photos = calibration_photos(size) if FLAGS.quantize == "int8" else ()
    # Quantizing runs it, and LiteRT tells of its start.
    with runner.quiet_libraries():
        file = export_litert(
            model,
            FLAGS.litert,
            size,
            FLAGS.output_resolution or 1,
            FLAGS.num_instances,
            FLAGS.quantize,
            FLAGS.litert_output,
            photos,
            FLAGS.smoothing or 1,
        )
    return told(file) | {"quantize": FLAGS.quantize}


def write_onnx(
    model: "RecurrentCNN", file: pathlib.Path, output_resolution: int
) -> dict[str, Any]:
    """Writes the ONNX file and says what it is."""
    from keras_rcnn.export import export_onnx

    export_onnx(
        model,
        file,
        output_resolution=output_resolution,
        num_instances=FLAGS.num_instances,
        smoothing=FLAGS.smoothing or 1,
    )
    return told(file)


def told(file: pathlib.Path) -> dict[str, Any]:
    """The size of a file, printed as well."""
    size = file.stat().st_size
    print(f"{file}: {size / 1024:.0f} KB.")
    return {"bytes": size}


def write_all(
    model: "RecurrentCNN", folder: pathlib.Path, size: tuple[int, int]
) -> dict[str, Any]:
    """Writes everything, compares it and prints the table."""
    import importlib.util

    from keras_rcnn.export.comparison import compare, markdown
    from keras_rcnn.export.phone_set import write_phone_set

    dataset = dataset_flags.load_dataset("test")
    dataset_flags.check_classes(dataset, FLAGS.model_dir, model.class_names)
    resolution = FLAGS.phone_resolution
    photos = calibration_photos(size)
    figures: dict[str, Any] = {
        "saved_model": write_saved_model(model, str(folder))
    }
    files = write_phone_set(
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
        print("No ONNX file: it takes `pip install -e '.[onnx]'`.")
    rows = compare(folder, resolution, files, dataset, size)
    print(markdown(rows))
    return figures | {"files": rows}


def refuse_idle_flags() -> None:
    """Refuses choices for LiteRT files where none is to be written."""
    from keras_rcnn.errors import InputError

    names = ("litert_size", "litert_output", "quantize")
    given = [f"--{name}" for name in names if FLAGS[name].present]
    if given and not (FLAGS.litert or FLAGS.all):
        raise InputError(
            f"There is no LiteRT file to write, which {' and '.join(given)} "
            "would be for: give --litert=FILE as well, or leave it out."
        )


def litert_size() -> tuple[int, int] | None:
    """Height and width that the flag asks for."""
    from keras_rcnn.errors import InputError

    if not FLAGS.litert_size:
        return None
    try:
        height, width = map(int, FLAGS.litert_size.lower().split("x"))
        if min(height, width) < 1:
            raise ValueError
    except ValueError as error:
        raise InputError(
            f"--litert_size={FLAGS.litert_size} is no size: give height and "
            "width in pixels, such as 240x320."
        ) from error
    return height, width


def calibration_photos(size: tuple[int, int] | None) -> list["np.ndarray"]:
    """Training photos, scaled to the size."""
    import numpy as np
    from PIL import Image

    from keras_rcnn.errors import InputError

    if size is None or not FLAGS.dataset:
        raise InputError(
            "int8 has to see photos: give --litert_size and --dataset, the one "
            "that the network was trained on."
        )
    dataset = dataset_flags.load_dataset("train")
    examples = dataset.examples.take(FLAGS.calibration_photos)
    return [
        np.asarray(Image.fromarray(example["image"]).resize(size[::-1]))
        for example in examples.as_numpy_iterator()
    ]


if __name__ == "__main__":
    runner.run(main)
