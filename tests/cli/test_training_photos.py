"""Which photos a run learns from."""

import keras
import numpy as np
from PIL import Image

from keras_rcnn import RecurrentCNN, SceneLabeler
from keras_rcnn.cli.training import photos as training_photos
from keras_rcnn.datasets import load_unlabeled

NAMES = ("a", "b", "c")
PALETTE = ((0, 0, 0), (9, 9, 9), (99, 99, 99))


def test_a_teacher_looks_at_mirrored_photos_as_well(tmp_path):
    """It labels a photo and its mirror image alike, which one view does not."""
    keras.utils.set_random_seed(0)
    teacher = RecurrentCNN.from_stages("6x4p2", 3, 2, NAMES, PALETTE)
    small = np.random.default_rng(0).integers(0, 256, (4, 6, 3), np.uint8)
    photo = Image.fromarray(small).resize((60, 40), Image.Resampling.BICUBIC)
    photo.save(tmp_path / "0.png")
    photo.transpose(Image.Transpose.FLIP_LEFT_RIGHT).save(tmp_path / "1.png")
    photos = load_unlabeled(tmp_path, NAMES, PALETTE)

    taught = training_photos.labeled_by(teacher, photos, confidence=0.0)
    one, other = (
        example["label"] for example in taught.examples.as_numpy_iterator()
    )
    assert len(np.unique(one)) > 1
    assert np.mean(one == other[:, ::-1]) > 0.999

    pixels = np.asarray(photo)
    labeler = SceneLabeler(teacher, output_resolution=4)
    one, other = labeler(np.stack([pixels, pixels[:, ::-1]]))
    assert np.mean(one == other[:, ::-1]) < 0.99
