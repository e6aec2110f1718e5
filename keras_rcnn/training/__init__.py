"""Training: recipes, losses, and a run that goes on where it was."""

from keras_rcnn.training.budget import Budget
from keras_rcnn.training.precision import choose_precision
from keras_rcnn.training.recipes import RECIPES, get_recipe
from keras_rcnn.training.train import train

__all__ = ["RECIPES", "Budget", "choose_precision", "get_recipe", "train"]
