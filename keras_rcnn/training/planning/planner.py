"""Makes plans: follows the rules, except for what is given."""

import dataclasses
from collections.abc import Callable, Mapping
from typing import Any

from keras_rcnn.training.planning import rules
from keras_rcnn.training.planning.choices import Choices
from keras_rcnn.training.planning.fingerprints import Fingerprint
from keras_rcnn.training.planning.plan import Plan
from keras_rcnn.training.planning.rules import Choice

_USUAL_BATCH = 8


def _pixels(steps: int, choices: Choices) -> float | None:
    """Pixels of all crops; None if the recipe decides about crops."""
    if not choices.crop or not choices.batch_size:
        return None
    height, width = choices.crop
    return float(steps * choices.batch_size * height * width)


def make_plan(
    photos: Fingerprint,
    measure: Callable[[Choices], float],
    minutes: float | None = None,
    steps: int | None = None,
    given: Mapping[str, Choice] | None = None,
) -> Plan:
    """Chooses the settings of a training.

    Args:
        photos: to train on.
        measure: function that returns the seconds of a step; called once if
            the minutes are given.
        minutes: of the training.
        steps: of the training; exactly one of the two is given.
        given: settings that are not chosen, by the names that `Choices` has.
    """
    made: dict[str, Choice] = {}

    def decide(name: str, rule: Callable[..., Choice], *facts: Any) -> Any:
        made[name] = (given or {}).get(name) or rule(*facts)
        return made[name].value

    def decide_crops(*length: Any) -> Choices:
        side = decide("longest_side", rules.choose_side, photos, *length)
        preset = made["preset"].value
        crop = decide("crop", rules.choose_crop, photos, side, preset)
        batch_size = decide("batch_size", rules.choose_batch, crop)
        return Choices(side, preset, crop, batch_size)

    # What is timed; the preset and a smaller side follow from the time.
    decide("preset", lambda: Choice("pyramid", ""))
    timed = decide_crops(None, None)
    seconds = None
    if minutes is not None:
        seconds = measure(timed)
        steps = max(1, int(60 * minutes / seconds))
    assert steps
    preset = decide("preset", rules.choose_preset, steps)
    chosen = decide_crops(steps, _pixels(steps, timed))
    if minutes is not None:
        faster = rules.relative_time(timed.crop, timed.batch_size)
        faster /= rules.relative_time(chosen.crop, chosen.batch_size)
        if preset != timed.preset:
            faster /= rules.COST[preset]
        steps = max(1, int(steps * faster))
    batch_size = made["batch_size"].value or _USUAL_BATCH
    views = steps * batch_size / photos.num_photos
    decide("class_balance", rules.choose_balance, photos)
    decide("scale_range", rules.choose_scales, views)
    decide(
        "color_jitter",
        lambda: Choice(0.17, "light differs from photo to photo"),
    )
    decide("flip", rules.choose_flip, photos.shares)
    decide("validation_fraction", rules.choose_validation, photos, steps)
    decide("steps_per_epoch", rules.choose_epoch, steps)
    return Plan(
        fingerprint=dataclasses.asdict(photos),
        seconds_per_step=seconds,
        minutes=minutes,
        steps=steps,
        choices=Choices(**{name: each.value for name, each in made.items()}),
        reasons={name: each.reason for name, each in made.items()},
    )
