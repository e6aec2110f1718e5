import pytest

from keras_rcnn.datasets import load_dataset
from keras_rcnn.errors import InputError


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"name": "cityscapes"}, "no data set 'cityscapes'.*sift_flow"),
        ({"name": "synthetic", "split": "val"}, "no split 'val'.*train"),
        ({"name": "stanford_background", "fold": 5}, "no fold 5.*0, 1, 2"),
        ({"name": "stanford_background", "fold": -1}, "no fold -1"),
        ({"name": "folder"}, "needs data_dir=: give the folder"),
    ],
)
def test_names_what_there_is(arguments, message):
    with pytest.raises(InputError, match=message):
        load_dataset(**arguments)


def test_says_how_to_prepare(tmp_path):
    with pytest.raises(InputError) as error:
        load_dataset("sift_flow", tmp_path)

    for part in (
        "keras-rcnn prepare --dataset=sift_flow",
        f"--data_dir={tmp_path}",
        "SiftFlowDataset.zip",
    ):
        assert part in str(error.value)
