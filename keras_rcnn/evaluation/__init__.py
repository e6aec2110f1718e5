"""Scores of labelers on labeled photos, and analysis of their errors."""

from keras_rcnn.evaluation.error_counts import ErrorCounts, count_errors
from keras_rcnn.evaluation.scoring import Evaluation, evaluate

__all__ = ["ErrorCounts", "Evaluation", "count_errors", "evaluate"]
