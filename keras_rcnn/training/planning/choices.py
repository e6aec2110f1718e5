"""The settings of a training that a plan chooses."""

import dataclasses
from typing import Any

from keras_rcnn.errors import InputError
from keras_rcnn.layers.pyramid_geometry import FINEST_STRIDE
from keras_rcnn.training.recipes import Recipe, get_recipe


@dataclasses.dataclass(frozen=True)
class Choices:
    """What a plan decides.

    Args:
        longest_side: maximum side of the photos in pixels; larger ones are
            scaled down.
        preset: the network.
        crop: height and width in pixels; None leaves it to the recipe.
        batch_size: crops in a batch; None leaves it to the recipe.
        class_balance: exponent of `class_weights`.
        scale_range: smallest and largest magnification of the photos.
        color_jitter: see `Recipe`; brightness changes in proportion.
        flip: whether photos are mirrored at random.
        validation_fraction: part of the photos to choose the weights by.
        steps_per_epoch: steps from one validation to the next.
    """

    longest_side: int
    preset: str = "pyramid"
    crop: tuple[int, int] | None = None
    batch_size: int | None = None
    class_balance: float = 0.0
    scale_range: tuple[float, float] = (0.75, 1.33)
    color_jitter: float = 0.17
    flip: bool = True
    validation_fraction: float = 0.1
    steps_per_epoch: int = 200

    def recipe(self) -> Recipe:
        """The recipe `dense` of the preset with these settings."""
        settings = {name: getattr(self, name) for name in RECIPE_SETTINGS}
        return changed(get_recipe("dense", self.preset), **settings)


RECIPE_SETTINGS = (
    "crop",
    "batch_size",
    "class_balance",
    "scale_range",
    "color_jitter",
    "flip",
)


def changed(
    recipe: Recipe,
    crop: tuple[int, int] | None = None,
    batch_size: int | None = None,
    color_jitter: float | None = None,
    **settings: Any,
) -> Recipe:
    """A recipe with other settings; None keeps what the recipe has.

    Args:
        recipe: of a pyramid if the crop or the batch changes.
        crop: height and width in pixels.
        batch_size: crops in a batch.
        color_jitter: see `Recipe`; brightness changes in proportion.
        **settings: others, by the names that `Recipe` has.

    Raises:
        InputError: if the recipe has no such settings, or the crop is odd.
    """
    new = {name: each for name, each in settings.items() if each is not None}
    if crop or batch_size:
        new["phases"] = (_changed_phase(recipe, crop, batch_size),)
    on_crops = color_jitter is not None or new.keys() - {"class_balance"}
    if on_crops and not all(phase.grid_size for phase in recipe.phases):
        raise InputError(
            "The recipe paper has patches as they are: choose recipe=dense, or "
            "leave scale_range=, color_jitter= and flip= out."
        )
    if color_jitter is not None:
        new["color_jitter"] = color_jitter
        if recipe.color_jitter:
            new["brightness_jitter"] = (
                recipe.brightness_jitter * color_jitter / recipe.color_jitter
            )
    return dataclasses.replace(recipe, **new)


def _changed_phase(
    recipe: Recipe, crop: tuple[int, int] | None, batch_size: int | None
) -> Any:
    phase, *others = recipe.phases
    if others or not isinstance(phase.grid_size, tuple):
        raise InputError(
            "crop= and batch_size= are for the pyramids: leave them out, or "
            "choose preset=pyramid."
        )
    height, width = phase.grid_size
    if crop:
        if any(side < 1 or side % FINEST_STRIDE for side in crop):
            raise InputError(
                f"crop={crop[0]}x{crop[1]} is not possible: give multiples of "
                f"{FINEST_STRIDE}."
            )
        height, width = (side // FINEST_STRIDE for side in crop)
    return dataclasses.replace(
        phase,
        grid_size=(height, width),
        batch_size=batch_size or phase.batch_size,
    )
