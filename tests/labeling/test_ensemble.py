"""Models that cannot be averaged, and what is known of an average.

That probabilities are averaged is in tests/cli/test_averages.py.
"""

import pytest

from keras_rcnn import RecurrentCNN, SceneLabeler
from keras_rcnn.errors import InputError
from keras_rcnn.labeling import Ensemble

NAMES = ("sky", "grass", "road")


def labeler(resolution, names=NAMES):
    model = RecurrentCNN.from_stages("6x4p2", 3, 2, names)
    return SceneLabeler(model, output_resolution=resolution)


def test_a_setting_is_known_if_all_models_have_it():
    ensemble = Ensemble([labeler(2), labeler(4)])
    assert ensemble.num_instances == 2
    assert ensemble.output_resolution is None
    assert ensemble.smoothing == 1


def test_models_of_other_classes():
    models = [labeler(4), labeler(4), labeler(4, NAMES[::-1])]
    message = "c has the classes road, grass, sky, and a has sky, grass, road"
    with pytest.raises(InputError, match=message):
        Ensemble(models, ["a", "b", "c"])
    with pytest.raises(InputError, match="no model"):
        Ensemble([])
