"""Names of labels, which change with all that changes the labels."""

import pathlib
import shutil

import pytest

pytest.importorskip("apache_beam")
from keras_rcnn.corpus.corpus_settings import choose_model
from keras_rcnn.errors import InputError
from tests.helpers.far_files import far

pytestmark = pytest.mark.extras(name="beam")
SAVED = pathlib.Path(__file__).parents[2] / "saved_models"
MODEL = SAVED / "rcnn2_stanford_background"
PHOTO = "0" * 64


def name(model=MODEL, photo=PHOTO, **choices):
    return choose_model(str(model), **choices).name(photo)


def test_each_choice_changes_the_name():
    names = {
        name(),
        name(photo="1" * 64),
        name(SAVED / "rcnn2_sift_flow"),
        name(longest_side=320),
        name(longest_side=321),
        name(output_resolution=8),
        name(num_instances=1),
    }
    assert len(names) == 7
    assert all(len(each) == 64 for each in names)


def test_the_place_of_the_model_does_not(tmp_path):
    for part in ("saved_model.pb", "variables", "assets"):
        copy = shutil.copytree if (MODEL / part).is_dir() else shutil.copy
        copy(MODEL / part, tmp_path / part)
    assert name(tmp_path) == name()
    assert name(f"{MODEL}/") == name()
    assert name(far(str(MODEL))) == name()
    variables = tmp_path / "variables" / "variables.index"
    variables.write_bytes(variables.read_bytes() + b"\0")
    assert name(tmp_path) != name()


def test_a_place_that_beam_does_not_know_is_named():
    with pytest.raises(InputError, match="Unable to get filesystem"):
        choose_model("nowhere://model")
