r"""Compares `keras-rcnn train --auto` with plans that are made by hand.

    python -m experiments.auto --photos=scenes_4 --minutes=1.5 \
        --output_dir=auto
    python -m experiments.auto --photos=stanford_100 --output_dir=auto

The plans made by hand and the one that `--auto` makes train in turn, each for
the same processor time, and are scored on the same photos, which no plan saw,
at the size of the photos. Generated scenes differ in size: the plans made by
hand differ in the longest side. For real photos they differ in one setting
each. The same command continues where it was interrupted, and trains nothing
twice.
"""

import dataclasses
import datetime
import functools
import json
import pathlib
import sys
from typing import Any

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.io.files import make_folder

auto_runs = LazyModule("experiments.auto_runs")
auto_sets = LazyModule("experiments.auto_sets")
machine = LazyModule("keras_rcnn.evaluation.speed.machine")
planning = LazyModule("keras_rcnn.training.planning")

FLAGS = Flags()
FLAGS.add_string("photos", None, "Which photos.", required=True)
FLAGS.add_float("minutes", 10.0, "Processor time of each training.")
FLAGS.add_list("plans", "Some of the plans; all of them if not given.")
FLAGS.add_integer("fold", 0, "Fold of the photos to score on.", at_least=0)
FLAGS.add_string("data_dir", None, "Where the data sets were prepared.")
FLAGS.add_string("output_dir", None, "Folder of the runs.", required=True)
FLAGS.add_string("report", None, "JSON file for the figures.")


def main() -> None:
    """Trains what is missing, prints and writes the scores."""
    runner.interrupt_at_sigterm()
    training, test = auto_sets.load_set(
        FLAGS.photos, FLAGS.data_dir, FLAGS.fold
    )
    name = f"{FLAGS.photos}_fold_{FLAGS.fold}_{FLAGS.minutes:g}"
    folder = make_folder(pathlib.Path(FLAGS.output_dir, name))
    plans = plans_by_hand(FLAGS.photos)
    results = {}
    for plan in FLAGS.plans or ["auto", *plans]:
        if plan == "auto":
            made = auto_runs.automatic_plan(
                FLAGS.minutes, folder / plan, training
            )
            print("\n".join(made.table()), flush=True)
            plans |= {plan: made.choices}
        results[plan] = finished(plans[plan], folder / plan, training, test)
        print(describe(plan, results[plan]), flush=True)
    figures = {
        "photos": FLAGS.photos,
        "fold": FLAGS.fold,
        "minutes": FLAGS.minutes,
        "date": datetime.date.today().isoformat(),
        "machine": machine.describe(),
        "plans": results,
    }
    runner.write_report(FLAGS.report, figures | compared(results))


def compared(results: dict[str, Any]) -> dict[str, Any]:
    """How far `--auto` is from the best plan made by hand, in points."""
    by_hand = {
        name: result["pixel_accuracy"]
        for name, result in results.items()
        if name != "auto"
    }
    if "auto" not in results or not by_hand:
        return {}
    best = max(by_hand, key=by_hand.__getitem__)
    points = 100 * (results["auto"]["pixel_accuracy"] - by_hand[best])
    print(f"auto is {points:+.1f} points of the pixels from {best}, the best")
    return {"best_by_hand": best, "points_of_auto_from_best": points}


def finished(
    choices: Any, folder: pathlib.Path, training: Any, test: Any
) -> dict[str, Any]:
    """The result of a run; trains if there is none."""
    file = folder / "result.json"
    if not file.is_file():
        scores = auto_runs.train_and_score(
            choices, FLAGS.minutes, folder, training, test
        )
        runner.write_report(
            file, {"choices": dataclasses.asdict(choices), **scores}
        )
    result: dict[str, Any] = json.loads(file.read_text())
    return result


def plans_by_hand(photos: str) -> dict[str, Any]:
    """The plans that `--auto` is compared with."""
    choices = functools.partial(
        planning.Choices,
        crop=(192, 256),
        batch_size=8,
        validation_fraction=0.0,
    )
    if photos in auto_sets.REAL:
        usual = choices(320)
        return {
            "usual": usual,
            "small": dataclasses.replace(usual, preset="pyramid_small"),
            "large": dataclasses.replace(usual, preset="pyramid_large"),
            "half_side": choices(160, crop=(96, 128), batch_size=16),
            "more_scales": dataclasses.replace(usual, scale_range=(0.6, 1.6)),
            "small_crops": dataclasses.replace(
                usual, crop=(96, 128), batch_size=16
            ),
        }
    longest = 160 * int(photos.rpartition("_")[2])
    sides = [side for side in (80, 160, 320, 640) if side <= longest]
    return {
        f"side_{side}": choices(side, crop=crop_for(side)) for side in sides
    }


def crop_for(side: int) -> tuple[int, int]:
    """Most of a photo with this longest side, at most 192x256 pixels."""
    width = min(256, side * 4 // 5)
    return width * 3 // 4, width


def describe(plan: str, result: dict[str, Any]) -> str:
    """The scores of a plan in a line."""
    values = [
        f"{100 * result[name]:.1f}"
        for name in ("pixel_accuracy", "class_accuracy", "mean_iou")
    ]
    return f"{plan:12} {' / '.join(values)} %, {result['steps']} steps"


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m experiments.auto", *sys.argv[1:]],
        )
    )
