r"""What each setting of the dense recipe is worth.

Every run differs in one setting from `ablation_base` and is a short one, 1,000
steps on rCNN2. All are judged by the fifth of the training photos that
`validation_fraction` holds out of fold 0's; the photos of fold 0 take no part.

    python tools/train.py --experiment=ablation_no_flip
"""

import dataclasses
from typing import Any

from experiments.experiment import Experiment
from keras_rcnn.training import Phase, Recipe

FIRST = Phase(1, 0.03, 32, 24, (1.0,), 5e-3, 3e-3)
SECOND = Phase(2, 0.20, 16, 16, (0.5, 1.0), 3e-3, 1e-3)
THIRD = Phase(3, 0.77, 4, 16, (0.5, 1.0, 1.0), 2e-3, 1e-5)

BASE = Experiment(
    preset="rcnn2",
    dataset="stanford_background",
    recipe=Recipe(
        phases=(FIRST, SECOND, THIRD),
        optimizer="muon",
        scales=(0.8, 1.25),
        flip=True,
        class_balance=0.25,
        warmup=0.02,
    ),
    steps=1000,
    validation_fraction=0.2,
)


def _with(**changes: Any) -> Experiment:
    return dataclasses.replace(
        BASE, recipe=dataclasses.replace(BASE.recipe, **changes)
    )


def _third(**changes: Any) -> tuple[Phase, ...]:
    return FIRST, SECOND, dataclasses.replace(THIRD, **changes)


ABLATIONS = {
    "base": BASE,
    "other_seed": dataclasses.replace(BASE, seed=1),
    "probabilities": _with(feedback="probabilities"),
    "probabilities_other_seed": dataclasses.replace(
        _with(feedback="probabilities"), seed=1
    ),
    "average": _with(weight_average=0.99),
    "last_losses": _with(phases=_third(loss_weights=(0.1, 0.3, 1.0))),
    "only_last_loss": _with(phases=_third(loss_weights=(0.0, 0.0, 1.0))),
    "equal_losses": _with(phases=_third(loss_weights=(1.0, 1.0, 1.0))),
    "no_curriculum": _with(phases=(dataclasses.replace(THIRD, share=1.0),)),
    "longer_second": _with(
        phases=(
            FIRST,
            dataclasses.replace(SECOND, share=0.40),
            dataclasses.replace(THIRD, share=0.57),
        )
    ),
    "no_flip": _with(flip=False),
    "no_scales": _with(scales=(1.0, 1.0)),
    "no_scales_other_seed": dataclasses.replace(
        _with(scales=(1.0, 1.0)), seed=1
    ),
    "wide_scales": _with(scales=(0.6, 1.6)),
    "colour": _with(colour=0.2),
    "cutout": _with(cutout=0.5),
    "smoothing": _with(label_smoothing=0.1),
    "balance_0": _with(class_balance=0.0),
    "balance_50": _with(class_balance=0.5),
    "higher_rate": _with(phases=_third(learning_rate=4e-3)),
    "lower_rate": _with(phases=_third(learning_rate=1e-3)),
    "adamw": _with(optimizer="adamw"),
    "lion": _with(optimizer="lion"),
    "small_crops": _with(phases=_third(batch_size=8, grid_size=8)),
    "large_crops": _with(phases=_third(batch_size=2, grid_size=26)),
}
