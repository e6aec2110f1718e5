"""Flags of all programs that label photos with a trained model."""

from typing import TYPE_CHECKING, Any

from absl import flags

from keras_rcnn.cli import runner

if TYPE_CHECKING:
    from keras_rcnn.runtime.loading import Labeler

FLAGS = flags.FLAGS
# They count as flags of the program that defines them, in its help as well.
flags.disclaim_key_flags()


def define() -> None:
    """Adds the flags to those of the program."""
    flags.DEFINE_string(
        "model",
        None,
        "SavedModel folder, .keras, .tflite or .onnx file. Of a folder with a "
        "model.keras that network is used, as the flags say, whatever was "
        "chosen when the SavedModel was exported.",
        required=True,
    )
    flags.DEFINE_integer(
        "num_threads",
        None,
        "Threads of LiteRT or ONNX Runtime; 2 if not given.",
        lower_bound=1,
    )
    flags.DEFINE_integer(
        "memory_mb",
        1024,
        "Megabytes that the network may take at a time, beyond the program "
        "and the photos; what needs more is labeled in tiles, with the same "
        "labels.",
        lower_bound=1,
    )
    define_choices()


def define_choices(precision: str | None = None) -> None:
    """Adds the flags that choose among what one network can do.

    Args:
        precision: what it is if not given; the network's choice by default.
    """
    flags.DEFINE_enum(
        "method",
        None,
        ["fragments", "shift_and_stitch", "patches"],
        "How to compute the labels, which are the same; fragments, by far "
        "the fastest, if not given.",
    )
    flags.DEFINE_integer(
        "output_resolution",
        None,
        "Pixels from one computed label to the next: 1, the finest, if not "
        "given, 2, 4, 8 or 16.",
        lower_bound=1,
    )
    flags.DEFINE_integer(
        "num_instances",
        None,
        "How often to apply the network; as often as in training if not given. "
        "More than that spoils the labels.",
        lower_bound=1,
    )
    flags.DEFINE_integer(
        "smoothing",
        None,
        "Side of the square of pixels, odd, whose scores are averaged to label "
        "the one in its middle; 1, its own alone, if not given. 5 evens out "
        "errors of single pixels.",
        lower_bound=1,
    )
    flags.DEFINE_enum(
        "precision",
        precision,
        ["auto", "float32", "mixed_bfloat16"],
        "Arithmetic to compute in; "
        + (
            f"{precision} if not given."
            if precision
            else "auto, bfloat16 where the processor has it, if not given."
        ),
    )


def choices() -> dict[str, Any]:
    """Those that the user made, as arguments."""
    names = (
        "method",
        "output_resolution",
        "num_instances",
        "smoothing",
        "precision",
    )
    given = {name: FLAGS[name].value for name in names}
    return {name: value for name, value in given.items() if value is not None}


def load_labeler(model: str | None = None, **others: Any) -> "Labeler":
    """The labeler that the flags ask for.

    Args:
        model: to load instead of `--model`.
        **others: choices to make instead of the user's.

    Raises:
        InputError: as `keras_rcnn.labeling.load_labeler`.
    """
    from keras_rcnn.labeling import loaded_labeler

    # LiteRT tells of its start, whatever it is told.
    with runner.quiet_libraries():
        return loaded_labeler.load_labeler(
            model or FLAGS.model,
            memory_mb=FLAGS.memory_mb,
            num_threads=FLAGS.num_threads,
            **choices() | others,
        )
