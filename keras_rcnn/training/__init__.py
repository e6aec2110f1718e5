"""Training: recipes, losses, and a run that goes on where it was."""

from keras_rcnn.training.budget import Budget
from keras_rcnn.training.recipes import RECIPES, get_recipe
from keras_rcnn.training.train import train

__all__ = ["RECIPES", "Budget", "get_recipe", "train"]
