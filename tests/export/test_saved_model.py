"""The SavedModel as plain TensorFlow sees it."""

import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import keras_rcnn
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_saved_model

PHOTOS = np.random.default_rng(0).integers(0, 256, (2, 19, 30, 3), np.uint8)

# Run by a Python that cannot import keras_rcnn or Keras.
PLAIN_TENSORFLOW = """
import sys
sys.modules["keras_rcnn"] = sys.modules["keras"] = None
import numpy as np
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
results = model.signatures["serving_default"](
    images=tf.constant(np.load(sys.argv[2])["photos"])
)
np.savez(sys.argv[3], **{name: value for name, value in results.items()})
"""


@pytest.fixture(scope="module")
def labeler():
    model = keras_rcnn.RecurrentCNN.from_preset(
        "rcnn2", 2, ["sky", "wet road"], [(0, 128, 255), (16, 17, 18)]
    )
    return keras_rcnn.SceneLabeler(model, output_resolution=2)


@pytest.fixture(scope="module")
def exported(labeler, tmp_path_factory):
    return export_saved_model(labeler, tmp_path_factory.mktemp("a") / "model")


def test_plain_tensorflow_gives_the_same_labels(labeler, exported, tmp_path):
    np.savez(tmp_path / "in.npz", photos=PHOTOS)
    subprocess.run(
        [
            sys.executable,
            "-c",
            PLAIN_TENSORFLOW,
            str(exported),
            str(tmp_path / "in.npz"),
            str(tmp_path / "out.npz"),
        ],
        check=True,
        capture_output=True,
    )
    labels, probabilities = labeler(PHOTOS, return_probabilities=True)
    with np.load(tmp_path / "out.npz") as results:
        np.testing.assert_array_equal(results["labels"], labels)
        # The last bit depends on the number of threads.
        np.testing.assert_allclose(
            results["probabilities"], probabilities, atol=1e-6
        )
        assert results["labels"].dtype == np.uint8


def test_any_size_and_batch(exported):
    model = tf.saved_model.load(exported)
    serve = model.signatures["serving_default"]
    for shape in ((1, 1, 1, 3), (3, 40, 7, 3)):
        results = serve(images=tf.zeros(shape, tf.uint8))
        assert results["labels"].shape == shape[:3]
        assert results["probabilities"].shape == (*shape[:3], 2)


def test_the_network_and_its_classes_lie_beside_it(labeler, exported):
    twin = keras_rcnn.load_model(exported)
    for ours, theirs in zip(
        twin.get_weights(), labeler.model.get_weights(), strict=True
    ):
        np.testing.assert_array_equal(ours, theirs)
    assert (exported / "assets" / "classes.txt").read_text() == (
        "sky #0080ff\nwet road #101112\n"
    )


def test_a_second_export_replaces_the_first_and_spares_the_rest(
    labeler, tmp_path
):
    export_saved_model(labeler, tmp_path)
    (tmp_path / "README.md").write_text("card")
    other = keras_rcnn.SceneLabeler(labeler.model, num_instances=1)
    export_saved_model(other, tmp_path)
    model = tf.saved_model.load(tmp_path)
    results = model.signatures["serving_default"](images=tf.constant(PHOTOS))
    np.testing.assert_array_equal(results["labels"], other(PHOTOS))
    assert (tmp_path / "README.md").read_text() == "card"
    assert not list(tmp_path.glob("part-*"))


def test_a_file_in_the_way_is_named(labeler, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="taken: cannot be written"):
        export_saved_model(labeler, tmp_path / "taken")
