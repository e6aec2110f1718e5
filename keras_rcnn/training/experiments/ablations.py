r"""What each setting of the dense recipe is worth.

Every run differs in one setting from `ablation_base`, the recipe as it stands,
and is a short one on rCNN2. All are judged by the fifth of the training photos
that `validation_fraction` holds out of fold 0's; the photos of fold 0 take no
part.

    python tools/train.py --experiment=ablation_no_flip
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

from keras_rcnn.training import Phase, get_recipe
from keras_rcnn.training.experiments.experiment import Experiment

BASE = Experiment(
    preset="rcnn2",
    dataset="stanford_background",
    recipe=get_recipe("dense", "rcnn2"),
    steps=600,
    validation_fraction=0.2,
)
FIRST, SECOND, THIRD = BASE.recipe.phases


def _with(**changes: Any) -> Experiment:
    return dataclasses.replace(
        BASE, recipe=dataclasses.replace(BASE.recipe, **changes)
    )


def _third(**changes: Any) -> tuple[Phase, ...]:
    return FIRST, SECOND, dataclasses.replace(THIRD, **changes)


def _optimizer(name: str, rate: float) -> Experiment:
    """Another optimizer, at so many times the learning rates of Muon."""
    phases = tuple(
        dataclasses.replace(
            phase,
            learning_rate=rate * phase.learning_rate,
            final_learning_rate=rate * phase.final_learning_rate,
        )
        for phase in BASE.recipe.phases
    )
    return _with(optimizer=name, phases=phases)


ABLATIONS = {
    "base": BASE,
    "other_seed": dataclasses.replace(BASE, seed=1),
    "scores": _with(feedback="scores"),
    "average": _with(ema_momentum=0.99),
    "last_losses": _with(phases=_third(loss_weights=(0.1, 0.3, 1.0))),
    "only_last_loss": _with(phases=_third(loss_weights=(0.0, 0.0, 1.0))),
    "equal_losses": _with(phases=_third(loss_weights=(1.0, 1.0, 1.0))),
    "no_curriculum": dataclasses.replace(
        BASE, recipe=BASE.recipe.last_phase_alone()
    ),
    "longer_second": _with(
        phases=(
            FIRST,
            dataclasses.replace(SECOND, share=0.40),
            dataclasses.replace(THIRD, share=0.57),
        )
    ),
    "no_flip": _with(flip=False),
    "no_scales": _with(scales=(1.0, 1.0)),
    "wide_scales": _with(scales=(0.7, 1.4)),
    "color": _with(color=0.2),
    "cutout": _with(cutout=0.5),
    "smoothing": _with(label_smoothing=0.1),
    "focus": _with(focus=1.0),
    "orthogonal": _with(initializer="orthogonal"),
    "normalized": _with(normalization=True),
    "penalty": _with(saturation_penalty=1e-3),
    "balance_0": _with(class_balance=0.0),
    "balance_50": _with(class_balance=0.5),
    "higher_rate": _with(phases=_third(learning_rate=4e-3)),
    "lower_rate": _with(phases=_third(learning_rate=1e-3)),
    "adamw": _optimizer("adamw", 0.2),
    "lion": _optimizer("lion", 0.02),
    "small_crops": _with(phases=_third(batch_size=8, grid_size=8)),
    "more_photos": dataclasses.replace(BASE, more_photos="sift_flow", times=4),
    "large_crops": _with(phases=_third(batch_size=2, grid_size=26)),
}


def describe_changes(experiment: Experiment) -> str:
    """What an experiment does otherwise than `BASE`."""
    recipe, base = experiment.recipe, BASE.recipe
    found = [*_changes(experiment, BASE), *_changes(recipe, base)]
    if len(recipe.phases) < len(base.phases):
        found.append("last phase alone")
    else:
        for number, phases in enumerate(
            zip(recipe.phases, base.phases, strict=True), 1
        ):
            if changed := ", ".join(_changes(*phases)):
                found.append(f"phase {number}: {changed}")
    return "; ".join(found)


def _changes(one: Any, base: Any) -> Iterator[str]:
    """Settings of two experiments, recipes or phases that differ."""
    was = vars(base)
    for name, value in vars(one).items():
        if name not in {"recipe", "phases"} and value != was[name]:
            text = f"{value:g}" if isinstance(value, float) else value
            yield f"`{name}={text}`"
