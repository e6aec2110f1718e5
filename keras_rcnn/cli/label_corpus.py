r"""Labels any number of photos on Apache Beam, which the extra `beam` installs.

    keras-rcnn label-corpus --images='photos/**.jpg' \
        --model=saved_models/rcnn2_stanford_background --longest_side=320 \
        --output_dir=labeled \
        --runner=DirectRunner --direct_running_mode=multi_processing \
        --direct_num_workers=2 --threads=1

Writes into OUTPUT_DIR the labels of each photo, `labels/NAME.png`, where NAME
depends on the content of the photo, the model and the settings;
`photos.parquet` with a row for each photo; and `dead_letters.parquet` with the
photos that could not be labeled, and why. Started again after it was killed, it
labels only the photos that have no labels yet.

Flags that are not listed here are Beam's: `--runner` and its options, each as
`--name=value`. Files may be on any filesystem of Beam.
"""

import importlib.util
import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from keras_rcnn.cli import flags, model_flags, runner, trained_side
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError, missing_extra
from keras_rcnn.io import quiet
from keras_rcnn.io.files import make_folder

TAKES_OTHER_FLAGS = True
FLAGS = flags.Flags()
FLAGS.add_string("model", None, "SavedModel folder.", required=True)
FLAGS.add_strings(
    "images",
    [],
    "Pattern of photos, such as 'photos/*.jpg', or 'photos/**.jpg' for all "
    "subfolders as well; may be repeated.",
)
FLAGS.add_strings(
    "tfrecords",
    [],
    "Pattern of TFRecord files of photos; may be repeated. A record is a JPEG, "
    "PNG ... file, or a tf.train.Example with one as `image/encoded`.",
)
FLAGS.add_string("output_dir", None, "Where to write.", required=True)
FLAGS.add_enum(
    "output_format",
    "png",
    ["png", "tfrecord"],
    "Labels as a PNG file each, or up to 256 of them in a TFRecord file.",
)
flags.add_longest_side(FLAGS)
FLAGS.add_integer(
    "output_resolution",
    None,
    "Pixels from one computed label to the next. The SavedModel has a "
    "signature for each possible value; that of the export if not given.",
)
FLAGS.add_integer(
    "num_instances",
    None,
    "How often to apply the network. The SavedModel has a signature for each "
    "possible value; that of the export if not given.",
)
FLAGS.add_float(
    "max_megapixels",
    None,
    "How large a photo may be before it is scaled down; 89, Pillow's limit "
    "against decompression bombs, if not given.",
    lower_bound=0,
)
FLAGS.add_integer(
    "threads",
    None,
    "Threads of TensorFlow in each worker; TensorFlow chooses if not given.",
)
model_flags.add_trust_model(FLAGS)
flags.add_report(FLAGS, "the counters")

corpus_settings = LazyModule("keras_rcnn.corpus.corpus_settings")
label_corpus = LazyModule("keras_rcnn.corpus.label_corpus")
stored_files = LazyModule("keras_rcnn.corpus.stored_files")


def main(beam_flags: list[str]) -> None:
    """Labels the photos that have no labels yet and prints the counters."""
    if importlib.util.find_spec("apache_beam") is None:
        raise missing_extra("label-corpus", "beam")
    # Beam prints what else could be installed.
    corpus_run = quiet.import_quietly("keras_rcnn.corpus.corpus_run")
    options = corpus_run.parse_options(beam_flags)
    corpus = corpus_of_flags()
    photos = count_photos(corpus) if corpus_run.is_local(options) else None
    start = time.perf_counter()
    counters = corpus_run.run(options, corpus, photos)
    microseconds = counters.pop("microseconds_in_model")
    figures: dict[str, float] = counters | {
        "seconds_in_model": microseconds / 1e6,
        "seconds_total": time.perf_counter() - start,
    }
    runner.write_report(FLAGS.report, figures)
    print(summary(figures))
    if figures["failures"] and figures["failures"] == figures["photos"]:
        raise InputError(
            "None of the photos could be labeled: "
            f"{FLAGS.output_dir}/dead_letters.parquet says why."
        )


def corpus_of_flags() -> Any:
    """The settings that the flags give, as a `LabelCorpus`.

    Raises:
        InputError: if the model, the photos or the output cannot be used.
    """
    trained_side.take_trained_side(FLAGS, FLAGS.model)
    settings = corpus_settings.choose_model(
        os.path.expanduser(FLAGS.model),
        FLAGS.longest_side,
        FLAGS.output_resolution,
        FLAGS.num_instances,
        FLAGS.trust_model,
    )
    images, tfrecords = (
        tuple(os.path.expanduser(pattern) for pattern in patterns)
        for patterns in (FLAGS.images, FLAGS.tfrecords)
    )
    check_input([*images, *tfrecords])
    output_dir = os.path.expanduser(FLAGS.output_dir)
    if set("*?[") & set(output_dir):
        raise InputError(
            f"--output_dir={output_dir} would be a pattern to Beam: choose a "
            "name without *, ? and [."
        )
    if stored_files.is_local(output_dir):
        make_folder(os.path.join(output_dir, label_corpus.LABELS_FOLDER))
    else:
        look_for(f"{output_dir.rstrip('/')}/{label_corpus.LABELS_FOLDER}/*")
    return label_corpus.LabelCorpus(
        settings,
        output_dir,
        images,
        tfrecords,
        FLAGS.output_format,
        FLAGS.max_megapixels,
        FLAGS.threads,
    )


def check_input(patterns: Sequence[str]) -> None:
    """Refuses patterns that match no file.

    Raises:
        InputError: naming the first.
    """
    if not patterns:
        raise InputError(
            "There are no photos to label: give --images=PATTERN, or "
            "--tfrecords=PATTERN."
        )
    for pattern in patterns:
        if os.path.isdir(pattern):
            raise InputError(
                f"{pattern} is a folder: give a pattern, such as "
                f"'{pattern.rstrip('/')}/**.jpg'."
            )
        if not look_for(pattern):
            raise InputError(
                f"{pattern}: there is no such file; check the name or pattern."
            )


def look_for(pattern: str) -> bool:
    """Whether a pattern matches any file.

    Raises:
        InputError: if the files cannot be listed.
    """
    try:
        return bool(stored_files.find(pattern, 1))
    except (OSError, ValueError) as error:
        raise InputError(f"{pattern} cannot be looked for ({error}).") from (
            error
        )


def count_photos(corpus: Any) -> int | None:
    """Number of photos, for the progress bar; None if it is not known."""
    if corpus.tfrecords or corpus.output_format != "png":
        return None
    return len(
        {
            path
            for pattern in corpus.images
            for path in stored_files.find(pattern)
        }
    )


def summary(figures: Mapping[str, float]) -> str:
    """The counters in a sentence."""
    failures = f"{figures['failures']} failures"
    if figures["failures"]:
        failures += f", see {FLAGS.output_dir}/dead_letters.parquet"
    return (
        f"{figures['photos']} photos: {figures['labeled']} labeled now "
        f"({figures['pixels'] / 1e6:.1f} megapixels, "
        f"{figures['seconds_in_model']:.1f} s in the model), "
        f"{figures['labelled_before']} before, {failures}."
    )
