"""Training: recipes, budgets and runs that continue after a stop."""

from keras_rcnn.optimizers import Muon
from keras_rcnn.training.budget import Budget
from keras_rcnn.training.recipes import RECIPES, Phase, Recipe, get_recipe
from keras_rcnn.training.run import train
from keras_rcnn.training.strategies import create_strategy, is_chief

__all__ = [
    "RECIPES",
    "Budget",
    "Muon",
    "Phase",
    "Recipe",
    "create_strategy",
    "get_recipe",
    "is_chief",
    "train",
]
