"""Training: recipes, losses, and a run that goes on where it was."""

from keras_rcnn.training.budget import Budget
from keras_rcnn.training.recipes import RECIPES, Phase, Recipe, get_recipe
from keras_rcnn.training.run import train
from keras_rcnn.training.strategies import create_strategy, is_chief

__all__ = [
    "RECIPES",
    "Budget",
    "Phase",
    "Recipe",
    "create_strategy",
    "get_recipe",
    "is_chief",
    "train",
]
