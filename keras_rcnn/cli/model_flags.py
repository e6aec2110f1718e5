"""The flags that choose trained models and how they label photos."""

from typing import Any

from absl import flags

import keras_rcnn
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import require_tensorflow
from keras_rcnn.io import quiet

photo_files = LazyModule("keras_rcnn.io.photo_files")

PRECISIONS = ("auto", "float32", "mixed_bfloat16")
_CHOICES = (
    "method",
    "output_resolution",
    "num_instances",
    "smoothing",
    "precision",
)


def add_trust_model(values: Flags) -> None:
    """Adds the flag that loads a SavedModel whatever its operations are."""
    values.add_bool(
        "trust_model",
        False,
        "Load a SavedModel even if it can read and write files or run "
        "programs; without this flag, such a SavedModel is refused.",
    )


def add_labeling(values: Flags) -> None:
    """Adds the flags that choose a trained model and how it labels photos."""
    values.add_joined(
        "model",
        "SavedModel folder, .keras, .tflite or .onnx file, or name of a "
        "network that comes with the package (see `keras-rcnn models`). Of a "
        "folder with a model.keras that network is used, with the flags below, "
        "not the settings of the SavedModel. Several models of the same "
        "classes, separated by commas or with the flag repeated, are averaged.",
    )
    values.add_integer(
        "num_threads",
        None,
        "Threads of LiteRT or ONNX Runtime; 2 if not given.",
    )
    values.add_integer(
        "memory_mb",
        1024,
        "Megabytes that the network may take at a time, besides the program "
        "and the photos; photos that need more are labeled in tiles, with the "
        "same labels.",
    )
    add_trust_model(values)
    add_labeling_choices(values)


def add_labeling_choices(values: Flags, precision: str | None = None) -> None:
    """Adds the flags that choose how a network labels photos.

    Args:
        values: flags of the command.
        precision: default; the network chooses if it is None.
    """
    values.add_enum(
        "method",
        None,
        ["fragments", "shift_and_stitch", "patches"],
        "Method that computes the scores: fragments, by far the fastest, if "
        "not given. All methods give the same labels.",
    )
    values.add_integer(
        "output_resolution",
        None,
        "Pixels from one computed label to the next; the finest if not given: "
        "1, 2, 4, ... up to the output stride of one of the paper's networks; "
        "4, 8, 16 or 32 of a pyramid.",
    )
    values.add_integer(
        "num_instances",
        None,
        "How often to apply the network; as often as in training if not given. "
        "More than that spoils the labels.",
    )
    values.add_integer(
        "smoothing",
        None,
        "Side of a square of pixels, an odd number. The label of a pixel is "
        "computed from the mean scores of the square around it; 1, no "
        "averaging, if not given. 5 removes errors of single pixels.",
    )
    default = precision or "auto, bfloat16 where the processor has it,"
    values.add_enum(
        "precision",
        precision,
        PRECISIONS,
        f"Arithmetic to compute in; {default} if not given.",
    )


def labeling_choices(values: Flags) -> dict[str, Any]:
    """The choices of `add_labeling_choices` that were made."""
    given = {name: values[name].value for name in _CHOICES}
    return {name: value for name, value in given.items() if value is not None}


def load_labeler(values: Flags, model: str | None = None, **others: Any) -> Any:
    """Loads the labeler that the flags of `add_labeling` choose.

    Args:
        values: flags of the command.
        model: to load instead of --model.
        **others: choices that replace those of the flags.

    Raises:
        InputError: as `keras_rcnn.load_labeler`, or if the classes of several
            models differ.
    """
    names = model_names(model or values.model)
    for name in filter(keras_rcnn.runtime.needs_tensorflow, names):
        require_tensorflow(name)
        quiet.import_quietly("tensorflow")
    # LiteRT prints a notice when it starts, at every log level.
    with quiet.quiet_libraries():
        labelers = [
            keras_rcnn.load_labeler(
                name,
                memory_mb=values.memory_mb,
                num_threads=values.num_threads,
                trust_model=values.trust_model,
                **labeling_choices(values) | others,
            )
            for name in names
        ]
    if len(labelers) == 1:
        return labelers[0]
    return keras_rcnn.labeling.Ensemble(labelers, names)


def model_names(text: str) -> list[str]:
    """The models that a flag names with commas between them."""
    names: list[str] = photo_files.split_at_commas([text])
    return names or [text]


def add_views(values: Flags) -> None:
    """Adds the flags that average several views of a photo."""
    values.add_bool(
        "flip",
        False,
        "Average each photo with its mirror image; twice as slow.",
    )
    values.add_floats(
        "scale",
        [1.0],
        "Magnifications above 0 to average over, separated by commas or with "
        "the flag repeated.",
    )
    values.check_together(["scale"], _are_magnifications, "")


def average_views(values: Flags, labeler: Any) -> Any:
    """A labeler that averages the views that the flags of `add_views` name."""
    if not values.flip and values.scale == [1.0]:
        return labeler
    return keras_rcnn.labeling.TestTimeAugmentation(
        labeler, values.scale, values.flip
    )


def _are_magnifications(given: dict[str, list[float]]) -> bool:
    for scale in given["scale"]:
        if scale <= 0:
            raise flags.ValidationError(
                f"--scale={scale:g}: give a magnification above 0"
            )
    return True
