"""The optimizer of a recipe."""

from typing import Any

import keras

from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.optimizers.muon import Muon
from keras_rcnn.training.recipes import Recipe


def build_optimizer(
    recipe: Recipe, model: SceneParser
) -> keras.optimizers.Optimizer:
    """The optimizer of a recipe; a `Schedule` sets its learning rate."""
    settings: dict[str, Any] = {
        "use_ema": recipe.ema_momentum > 0,
        "ema_momentum": recipe.ema_momentum,
    }
    if recipe.weight_decay:
        settings["weight_decay"] = recipe.weight_decay
    if recipe.optimizer == "sgd":
        optimizer = keras.optimizers.SGD(**settings)
    else:
        kinds = {
            "adamw": keras.optimizers.AdamW,
            "lion": keras.optimizers.Lion,
            "muon": Muon,
        }
        optimizer = kinds[recipe.optimizer](global_clipnorm=5.0, **settings)
    optimizer.build(model.trainable_variables)
    return optimizer
