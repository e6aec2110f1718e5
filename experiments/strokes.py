r"""What a network learns from strokes on photos, beside whole masks.

    python -m experiments.strokes --photos=scenes --report=scenes.json
    python -m experiments.strokes --photos=stanford --report=stanford.json

A script paints strokes from the truth, as somebody would scribble them on the
page of `keras-rcnn demo --teach`, and a network learns from them by the same
function as there. After the first round it paints on further photos, where the
labels are wrong, and the network learns on from its weights. Both rounds are
scored on photos that nobody painted on. The number of strokes is drawn against
the same rounds with the whole masks of the painted photos. `scenes` are
generated scenes, `stanford` photos of Stanford Background, scaled to 160
pixels.
"""

import pathlib
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule

datasets = LazyModule("keras_rcnn.datasets")
ranking = LazyModule("experiments.ranking")
rounds = LazyModule("experiments.stroke_rounds")
synthetic = LazyModule("keras_rcnn.datasets.synthetic")

FLAGS = Flags()
FLAGS.add_enum(
    "photos", "scenes", ["scenes", "stanford"], "Photos to paint on."
)
FLAGS.add_string("data_dir", None, "Where Stanford Background was prepared.")
FLAGS.add_integers("strokes", "Strokes on each photo, one run for each.")
FLAGS.add_integer("painted", 3, "Photos to paint on in each of the rounds.")
FLAGS.add_integer("tested", 20, "Photos to score.")
FLAGS.add_integer("rounds", 2, "Number of rounds.")
FLAGS.add_float(
    "seconds", 120.0, "Processor time of each round.", lower_bound=0.1
)
FLAGS.add_string(
    "model", None, "Network to begin with; a fresh one if not given."
)
FLAGS.add_bool("masks", True, "Whether to learn from whole masks as well.")
FLAGS.add_integer("seed", 0, "Of the photos and the strokes.", at_least=0)
FLAGS.add_string("report", None, "JSON file for the figures.")

Photo = tuple[np.ndarray, np.ndarray]


def main() -> None:
    """Paints and learns for each number of strokes, and writes the scores."""
    classes, photos = load_photos(FLAGS.rounds * FLAGS.painted + FLAGS.tested)
    tested, pool = photos[: FLAGS.tested], photos[FLAGS.tested :]
    names = ("photos", "painted", "tested", "seconds", "model", "seed")
    settings = {name: FLAGS[name].value for name in names}
    curves = {}
    counts = [*(FLAGS.strokes or [10]), *([None] if FLAGS.masks else [])]
    for count in counts:
        name = "masks" if count is None else str(count)
        with tempfile.TemporaryDirectory() as folder:
            taught = rounds.Taught(
                pathlib.Path(folder), classes, FLAGS.seed, FLAGS.model
            )
            curves[name] = [
                taught.round(each, count, FLAGS.seconds, tested)
                for each in in_rounds(pool)
            ]
        for number, scores in enumerate(curves[name], 1):
            print(
                f"{f'{count} strokes' if count else 'whole masks'} on a photo, "
                f"round {number}: "
                f"{100 * scores['pixel_accuracy']:.1f} % of the pixels right, "
                f"{scores['strokes']} strokes, {scores['steps']} steps",
                flush=True,
            )
        # After each curve, because all of them take long.
        runner.write_report(FLAGS.report, {**settings, "curves": curves})


def in_rounds(pool: Sequence[Photo]) -> list[Sequence[Photo]]:
    """The photos to paint on in each round."""
    count = FLAGS.painted
    return [
        pool[count * number : count * (number + 1)]
        for number in range(FLAGS.rounds)
    ]


def load_photos(count: int) -> tuple[Any, list[Photo]]:
    """Names and colors of the classes, and photos in random order."""
    if FLAGS.photos == "scenes":
        classes = synthetic.CLASS_NAMES, synthetic.PALETTE
        return classes, [
            synthetic.draw_scene(np.random.default_rng((FLAGS.seed, 5, number)))
            for number in range(count)
        ]
    dataset = datasets.load_dataset(
        "stanford_background", FLAGS.data_dir, "train"
    )
    rng = np.random.default_rng(FLAGS.seed)
    chosen = np.zeros(dataset.num_examples, bool)
    chosen[rng.permutation(dataset.num_examples)[:count]] = True
    photos = [*ranking.small_photos(dataset.select(chosen))]
    order = rng.permutation(count)
    classes = dataset.class_names, dataset.palette
    return classes, [photos[number] for number in order]


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m experiments.strokes", *sys.argv[1:]],
        )
    )
