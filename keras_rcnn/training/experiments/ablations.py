"""What each setting of the dense recipe is worth.

    keras-rcnn train --experiment=ablation_no_flip

Each run differs in one setting from `ablation_base`, a short run of rCNN2 with
the dense recipe. All are scored on the fifth of the training photos that
`validation_fraction` holds out. The photos of fold 0 are not used.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

from keras_rcnn.training.experiments.experiment import Experiment
from keras_rcnn.training.recipes import Phase, get_recipe

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
    """Another optimizer, with the learning rates of Muon times `rate`."""
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
    "ablation_base": BASE,
    "ablation_other_seed": dataclasses.replace(BASE, seed=1),
    "ablation_scores": _with(feedback="scores"),
    "ablation_average": _with(ema_momentum=0.99),
    "ablation_last_losses": _with(phases=_third(loss_weights=(0.1, 0.3, 1.0))),
    "ablation_only_last_loss": _with(
        phases=_third(loss_weights=(0.0, 0.0, 1.0))
    ),
    "ablation_equal_losses": _with(phases=_third(loss_weights=(1.0, 1.0, 1.0))),
    "ablation_no_curriculum": dataclasses.replace(
        BASE, recipe=BASE.recipe.last_phase_alone()
    ),
    "ablation_longer_second": _with(
        phases=(
            FIRST,
            dataclasses.replace(SECOND, fraction=0.40),
            dataclasses.replace(THIRD, fraction=0.57),
        )
    ),
    "ablation_no_flip": _with(flip=False),
    "ablation_no_scales": _with(scale_range=(1.0, 1.0)),
    "ablation_wide_scales": _with(scale_range=(0.7, 1.4)),
    "ablation_color": _with(color_jitter=0.2),
    "ablation_cutout": _with(cutout=0.5),
    "ablation_smoothing": _with(label_smoothing=0.1),
    "ablation_focus": _with(focal_gamma=1.0),
    "ablation_orthogonal": _with(initializer="orthogonal"),
    "ablation_normalized": _with(normalization=True),
    "ablation_penalty": _with(saturation_penalty=1e-3),
    "ablation_balance_0": _with(class_balance=0.0),
    "ablation_balance_50": _with(class_balance=0.5),
    "ablation_higher_rate": _with(phases=_third(learning_rate=4e-3)),
    "ablation_lower_rate": _with(phases=_third(learning_rate=1e-3)),
    "ablation_adamw": _optimizer("adamw", 0.2),
    "ablation_lion": _optimizer("lion", 0.02),
    "ablation_small_crops": _with(phases=_third(batch_size=8, grid_size=8)),
    "ablation_more_photos": dataclasses.replace(
        BASE, more_photos="sift_flow", times=4
    ),
    "ablation_large_crops": _with(phases=_third(batch_size=2, grid_size=26)),
}


def describe_changes(experiment: Experiment) -> str:
    """The settings in which an experiment differs from `BASE`."""
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
    """The settings that differ between two experiments, recipes or phases."""
    was = vars(base)
    for name, value in vars(one).items():
        if name not in {"recipe", "phases"} and value != was[name]:
            text = f"{value:g}" if isinstance(value, float) else value
            yield f"`{name}={text}`"
