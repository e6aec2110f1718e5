"""Recipes: the phases of a training, their sampling and their losses."""

import dataclasses
from typing import Any

from keras_rcnn.errors import InputError
from keras_rcnn.models.presets import PYRAMIDS, get_preset


@dataclasses.dataclass(frozen=True)
class Phase:
    """One phase of a training.

    Args:
        num_instances: instances that are trained.
        fraction: of the whole training.
        batch_size: crops or patches per step.
        grid_size: labels along a side, or along height and width, of the last
            instance's grid in a crop; 0 samples patches with one label each
            instead.
        loss_weights: weight of each instance's loss, first instance first.
        learning_rate: at the start of the phase, after a short warm-up.
        final_learning_rate: at its end, along a half cosine.
        one_instance_at_random: patches only: train one instance, drawn for
            each patch, instead of all.
    """

    num_instances: int
    fraction: float
    batch_size: int
    grid_size: int | tuple[int, int]
    loss_weights: tuple[float, ...]
    learning_rate: float
    final_learning_rate: float
    one_instance_at_random: bool = False


@dataclasses.dataclass(frozen=True)
class Recipe:
    """The phases of a training and their common settings.

    Args:
        phases: in order; their fractions add up to 1.
        optimizer: `muon`, `adamw`, `lion` or `sgd`.
        initializer: of the kernels, by Keras' name.
        normalization: as for `ConvStack`; on one device.
        feedback: what an instance sees of the one before, as for
            `RecurrentCNN`.
        scale_range: smallest and largest magnification of the photos.
        flip: whether photos are mirrored at random.
        color_jitter: largest change of a number of the color matrix.
        brightness_jitter: largest change of brightness, as for `sample_crops`.
        cutout: largest fraction of a crop's side that is hidden.
        class_balance: exponent of `class_weights`; 0 for none.
        label_smoothing: probability that the loss gives to all classes alike.
        focal_gamma: as for `BalancedCrossentropy`.
        weight_decay: fraction of each weight that a step subtracts, divided by
            the learning rate.
        saturation_penalty: as for `ConvStack`.
        ema_momentum: decay of the moving average of the weights, which is
            validated and saved; 0 uses the weights themselves.
        warmup: fraction of each phase during which its learning rate rises.
    """

    phases: tuple[Phase, ...]
    optimizer: str
    initializer: str = "glorot_uniform"
    normalization: bool = False
    feedback: str = "scores"
    scale_range: tuple[float, float] = (1.0, 1.0)
    flip: bool = False
    color_jitter: float = 0.0
    brightness_jitter: float = 0.0
    cutout: float = 0.0
    class_balance: float = 0.0
    label_smoothing: float = 0.0
    focal_gamma: float = 0.0
    weight_decay: float = 0.0
    saturation_penalty: float = 0.0
    ema_momentum: float = 0.0
    warmup: float = 0.0

    @property
    def network_options(self) -> dict[str, Any]:
        """Arguments of the network that differ from its own choice."""
        defaults = Recipe(self.phases, self.optimizer)
        names = ("initializer", "normalization", "feedback")
        return {
            name: getattr(self, name)
            for name in names
            if getattr(self, name) != getattr(defaults, name)
        }

    def last_phase_alone(self) -> "Recipe":
        """The recipe without the phases before the last one."""
        last = dataclasses.replace(self.phases[-1], fraction=1.0)
        return dataclasses.replace(self, phases=(last,))

    def with_larger_batches(self, factor: int) -> "Recipe":
        """The recipe with `factor` times as many crops or patches per step."""
        phases = tuple(
            dataclasses.replace(phase, batch_size=factor * phase.batch_size)
            for phase in self.phases
        )
        return dataclasses.replace(self, phases=phases)


def _paper(phases: tuple[Phase, ...]) -> Recipe:
    return Recipe(phases=phases, optimizer="sgd")


def _paper_phase(
    fraction: float,
    loss_weights: tuple[float, ...],
    one_instance_at_random: bool = False,
) -> Phase:
    return Phase(
        num_instances=len(loss_weights),
        fraction=fraction,
        batch_size=32,
        grid_size=0,
        loss_weights=loss_weights,
        learning_rate=1e-4,
        final_learning_rate=1e-4,
        one_instance_at_random=one_instance_at_random,
    )


def _dense(phases: tuple[Phase, ...]) -> Recipe:
    return Recipe(
        phases=phases,
        optimizer="muon",
        feedback="probabilities",
        scale_range=(0.9, 1.1),
        flip=True,
        class_balance=0.25,
        warmup=0.02,
    )


# Sections 4.1 and 4.2 of the paper: stochastic gradient descent on single
# patches at learning rate 1e-4. A batch with summed loss approximates it.
_PAPER = {
    "plain": _paper((_paper_phase(1.0, (1.0,)),)),
    "rcnn1": _paper((_paper_phase(1.0, (1.0, 1.0), True),)),
    "rcnn2": _paper(
        (_paper_phase(0.5, (0.0, 1.0)), _paper_phase(0.5, (0.0, 0.0, 1.0)))
    ),
}

_DENSE = {
    "plain": _dense((Phase(1, 1.0, 12, 8, (1.0,), 5e-3, 1e-5),)),
    "rcnn1": _dense(
        (
            Phase(1, 0.1, 16, 16, (1.0,), 5e-3, 3e-3),
            Phase(2, 0.9, 6, 8, (0.5, 1.0), 2e-3, 1e-5),
        )
    ),
    "rcnn2": _dense(
        (
            Phase(1, 0.03, 32, 24, (1.0,), 5e-3, 3e-3),
            Phase(2, 0.20, 16, 16, (0.5, 1.0), 3e-3, 1e-3),
            Phase(3, 0.77, 4, 16, (0.5, 1.0, 1.0), 2e-3, 1e-5),
        )
    ),
}

# The crops are those of photos of 240 x 320 pixels.
_PYRAMID = Recipe(
    phases=(Phase(4, 1.0, 8, (48, 64), (0.4, 0.4, 0.4, 1.0), 3e-3, 1e-5),),
    optimizer="muon",
    scale_range=(0.75, 1.33),
    flip=True,
    color_jitter=0.17,
    brightness_jitter=0.35,
    warmup=0.02,
)
_DENSE |= dict.fromkeys(PYRAMIDS, _PYRAMID)

RECIPES = {"dense": _DENSE, "paper": _PAPER}


def get_recipe(name: str, preset: str) -> Recipe:
    """The recipe of that name for a preset.

    Raises:
        InputError: if there is no such recipe or preset, naming those that
            exist.
    """
    if name not in RECIPES:
        raise InputError(
            f"There is no recipe {name!r}: choose one of {', '.join(RECIPES)}."
        )
    get_preset(preset)
    family = preset.removesuffix("_sift_flow")
    if family not in RECIPES[name]:
        known = ", ".join(RECIPES[name])
        raise InputError(
            f"There is no recipe {name!r} for the network {preset!r}: choose "
            f"the recipe 'dense', or one of the networks {known}."
        )
    return RECIPES[name][family]
