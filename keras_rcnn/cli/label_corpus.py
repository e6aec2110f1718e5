r"""Labels any number of photos on Apache Beam, which the extra `beam` installs.

    python tools/label_corpus.py --images='photos/**.jpg' \
        --model=saved_models/rcnn2_stanford_background --longest_side=320 \
        --output_dir=labeled \
        --runner=DirectRunner --direct_running_mode=multi_processing \
        --direct_num_workers=2 --threads=1

Writes to OUTPUT_DIR the labels of each photo, `labels/NAME.png`, NAME being
made of what is in the photo, of the model and of the settings; `photos.parquet`
with a row for each photo; and `dead_letters.parquet` with those that have no
labels, and why. Run again, it labels what is missing: killed, it goes on.

Flags that are not listed here are Beam's: `--runner` and those that belong to
it, each as `--name=value`. Files may be on any filesystem of Beam.
"""

import importlib.util
import os
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import float_flags, runner

if TYPE_CHECKING:
    from keras_rcnn.corpus.label_corpus import LabelCorpus

FLAGS = flags.FLAGS
flags.DEFINE_string("model", None, "SavedModel folder.", required=True)
flags.DEFINE_multi_string(
    "images",
    [],
    "Pattern of photos, such as 'photos/*.jpg', or 'photos/**.jpg' with those "
    "in folders below; may be repeated.",
)
flags.DEFINE_multi_string(
    "tfrecords",
    [],
    "Pattern of TFRecord files of photos; may be repeated. A record is a JPEG, "
    "PNG ... file, or a tf.train.Example with one as `image/encoded`.",
)
flags.DEFINE_string("output_dir", None, "Where to write.", required=True)
flags.DEFINE_enum(
    "output_format",
    "png",
    ["png", "tfrecord"],
    "Labels as a PNG file each, or up to 256 of them in a TFRecord file.",
)
flags.DEFINE_integer(
    "longest_side",
    None,
    "Scale larger photos down to this many pixels to label them.",
    lower_bound=1,
)
flags.DEFINE_integer(
    "output_resolution",
    None,
    "Pixels from one computed label to the next, as the SavedModel has "
    "signatures for; what it was exported with if not given.",
    lower_bound=1,
)
flags.DEFINE_integer(
    "num_instances",
    None,
    "How often to apply the network, likewise.",
    lower_bound=1,
)
float_flags.define_float(
    "max_megapixels",
    None,
    "How large a photo may be before it is scaled down; 89, Pillow's guard "
    "against files made to fill the memory, if not given.",
    lower_bound=0,
)
flags.DEFINE_integer(
    "threads",
    None,
    "Threads of TensorFlow in each worker; as many as it likes if not given.",
    lower_bound=1,
)
flags.DEFINE_string("report", None, "JSON file for the counters.")


def main(beam_flags: list[str]) -> None:
    """Labels what has no labels yet and says how much that was."""
    from keras_rcnn.errors import InputError

    if importlib.util.find_spec("apache_beam") is None:
        raise InputError(
            "Apache Beam is not installed: run `pip install -e '.[beam]'` in "
            "the folder that holds pyproject.toml."
        )
    # Beam tells of what else could be installed.
    corpus_run = runner.import_quietly("corpus_run")
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


def corpus_of_flags() -> "LabelCorpus":
    """What the flags ask for, once it is known that it can be done.

    Raises:
        InputError: if it cannot.
    """
    from keras_rcnn.corpus import stored_files
    from keras_rcnn.corpus.corpus_settings import choose_model
    from keras_rcnn.corpus.label_corpus import LABELS_FOLDER, LabelCorpus
    from keras_rcnn.errors import InputError
    from keras_rcnn.io.files import make_folder

    settings = choose_model(
        os.path.expanduser(FLAGS.model),
        FLAGS.longest_side,
        FLAGS.output_resolution,
        FLAGS.num_instances,
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
        make_folder(os.path.join(output_dir, LABELS_FOLDER))
    else:
        look_for(f"{output_dir.rstrip('/')}/{LABELS_FOLDER}/*")
    return LabelCorpus(
        settings,
        output_dir,
        images,
        tfrecords,
        FLAGS.output_format,
        FLAGS.max_megapixels,
        FLAGS.threads,
    )


def check_input(patterns: Sequence[str]) -> None:
    """Refuses patterns that stand for nothing.

    Raises:
        InputError: naming the first.
    """
    from keras_rcnn.errors import InputError

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
                f"{pattern}: there is no such file, check the name or pattern."
            )


def look_for(pattern: str) -> bool:
    """Whether there are files that a pattern stands for.

    Raises:
        InputError: if there is no way to know.
    """
    from keras_rcnn.corpus import stored_files
    from keras_rcnn.errors import InputError

    try:
        return bool(stored_files.find(pattern, most=1))
    except (OSError, ValueError) as error:
        raise InputError(f"{pattern} cannot be looked for ({error}).") from (
            error
        )


def count_photos(corpus: "LabelCorpus") -> int | None:
    """Photos to come, for the bar; None where it does not count them."""
    from keras_rcnn.corpus import stored_files

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
    """The counters as a person reads them."""
    failures = f"{figures['failures']} failures"
    if figures["failures"]:
        failures += f", see {FLAGS.output_dir}/dead_letters.parquet"
    return (
        f"{figures['photos']} photos: {figures['labeled']} labeled now "
        f"({figures['pixels'] / 1e6:.1f} megapixels, "
        f"{figures['seconds_in_model']:.1f} s in the model), "
        f"{figures['labelled_before']} before, {failures}."
    )


if __name__ == "__main__":
    runner.run(main, takes_other_flags=True)
