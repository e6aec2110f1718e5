r"""Compares photos that `keras-rcnn rank` chooses with photos chosen at random.

    python -m experiments.ranking --pool=videos --report=videos.json

A small network learns from a few labeled photos of a pool. Then as many photos
are added, chosen by `rank` or at random, and a fresh network learns from all of
them. Both are scored on photos that are not in the pool. `videos` are
generated scenes, most of them as many frames of one video; `scenes` are
generated scenes that are all different; `stanford` are photos of Stanford
Background, scaled to 160 pixels. Some minutes on one core for five seeds.
"""

import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule

datasets = LazyModule("keras_rcnn.datasets")
images = LazyModule("keras_rcnn.io.images")
learner = LazyModule("experiments.ranking_learner")
photo_ranking = LazyModule("keras_rcnn.labeling.photo_ranking")
synthetic = LazyModule("keras_rcnn.datasets.synthetic")

FLAGS = Flags()
FLAGS.add_enum(
    "pool", "videos", ["videos", "scenes", "stanford"], "Photos to choose from."
)
FLAGS.add_string("data_dir", None, "Where Stanford Background was prepared.")
FLAGS.add_integer("seeds", 5, "How many pools, start photos and networks.")
FLAGS.add_integer("start", 4, "How many photos are labeled at first.")
FLAGS.add_integer("added", 4, "How many photos are chosen.")
FLAGS.add_integer("steps", 60, "Training steps of each network.")
FLAGS.add_string("report", None, "JSON file for the figures.")

Photo = tuple[np.ndarray, np.ndarray]
# Frames of each video in the pool; the longest videos show the least.
_FRAMES = (20, 12, 8, 5, 3, 2, *[1] * 10)
_POOL, _TESTED = 60, 60
_SIDE = 160


def main() -> None:
    """Trains for each seed, prints and writes the scores."""
    class_names, pool_of, tested = load_photos()
    network = learner.Learner(class_names)
    runs = [
        run(network, seed, pool_of(seed), tested) for seed in range(FLAGS.seeds)
    ]
    gains = {
        name: gain([100 * (r["rank"][name] - r["random"][name]) for r in runs])
        for name in ("pixel_accuracy", "class_accuracy")
    }
    for name, each in gains.items():
        print(
            f"{name}: rank {each['mean']:+.1f} points from random, standard "
            f"error {each['standard_error']:.1f}, better for "
            f"{each['better']} of {len(runs)} seeds"
        )
    settings = {
        flag: FLAGS[flag].value for flag in ("pool", "start", "added", "steps")
    }
    runner.write_report(
        FLAGS.report, {**settings, "gains": gains, "runs": runs}
    )


def gain(points: Sequence[float]) -> dict[str, float]:
    """Mean and standard error of the gains of the seeds, in points."""
    error = np.std(points, ddof=1) / len(points) ** 0.5 if points[1:] else 0.0
    return {
        "mean": float(np.mean(points)),
        "standard_error": float(error),
        "better": sum(each > 0 for each in points),
    }


def run(
    network: Any, seed: int, pool: Sequence[Photo], tested: Sequence[Photo]
) -> dict[str, Any]:
    """Scores after the first photos, and after each way to add photos."""
    order = np.random.default_rng(seed).permutation(len(pool))
    # The rest is in random order.
    start, rest = np.split(order, [FLAGS.start])
    network.learn([pool[n] for n in start], seed, FLAGS.steps)
    scores = {"start": network.scores(tested)}
    unknown = [network.estimator(pool[n][0]) for n in rest]
    ranked = photo_ranking.rank_photos(
        [each.score for each in unknown], [each.description for each in unknown]
    )
    for name, chosen in (("random", rest), ("rank", rest[ranked])):
        labeled = [*start, *chosen[: FLAGS.added]]
        network.learn([pool[n] for n in labeled], seed, FLAGS.steps)
        scores[name] = network.scores(tested)
    for name, each in scores.items():
        values = [f"{100 * value:.1f}" for value in each.values()]
        print(f"seed {seed}, {name}: {' / '.join(values)} %", flush=True)
    return scores


def load_photos() -> tuple[
    Sequence[str], Callable[[int], list[Photo]], list[Photo]
]:
    """The classes, the pool of a seed, and the photos to score on."""
    if FLAGS.pool == "stanford":
        training, test = (
            datasets.load_dataset("stanford_background", FLAGS.data_dir, split)
            for split in ("train", "test")
        )
        photos, tested = [*small_photos(training)], [*small_photos(test)]
        orders = np.random.default_rng(0)
        pools = [
            [photos[n] for n in orders.permutation(len(photos))[:_POOL]]
            for _ in range(FLAGS.seeds)
        ]
        return training.class_names, pools.__getitem__, tested[:_TESTED]
    tested = [scene(1000, number) for number in range(_TESTED)]
    draw = frames if FLAGS.pool == "videos" else scenes
    return synthetic.CLASS_NAMES, lambda seed: [*draw(seed)], tested


def scene(*seed: int) -> Photo:
    """A generated scene."""
    photo: Photo = synthetic.draw_scene(np.random.default_rng(seed))
    return photo


def scenes(seed: int) -> Iterator[Photo]:
    """Scenes that are all different."""
    return (scene(seed, number) for number in range(_POOL))


def frames(seed: int) -> Iterator[Photo]:
    """Frames of videos in which the camera turns by a pixel a frame."""
    rng = np.random.default_rng((seed, 2))
    for video, count in enumerate(_FRAMES):
        image, label = scene(seed, video)
        for frame in range(count):
            noise = rng.integers(-6, 7, image.shape)
            moved = np.roll(image, frame, axis=1) + noise
            yield (
                np.clip(moved, 0, 255).astype(np.uint8),
                np.roll(label, frame, axis=1),
            )


def small_photos(dataset: Any) -> Iterator[Photo]:
    """Photos of a data set, scaled down."""
    for example in dataset.examples.as_numpy_iterator():
        image = images.scale_down(example["image"], _SIDE)
        yield image, images.resize_labels(example["label"], *image.shape[:2])


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m experiments.ranking", *sys.argv[1:]],
        )
    )
