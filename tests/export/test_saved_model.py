"""The SavedModel as plain TensorFlow sees it."""

import io
import json
import re
import shutil
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow_serving.apis import prediction_log_pb2

import keras_rcnn
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_saved_model, warm_up

PHOTOS = np.random.default_rng(0).integers(0, 256, (2, 19, 30, 3), np.uint8)

# Run by a Python that cannot import keras_rcnn or Keras.
PLAIN_TENSORFLOW = """
import sys
sys.modules["keras_rcnn"] = sys.modules["keras"] = None
import numpy as np
import tensorflow as tf
model = tf.saved_model.load(sys.argv[1])
results = model.signatures[sys.argv[2]](
    images=tf.constant(np.load(sys.argv[3])["photos"])
)
np.savez(sys.argv[4], **{name: value for name, value in results.items()})
"""


@pytest.fixture(scope="module")
def labeler():
    model = keras_rcnn.RecurrentCNN.from_stages(
        "6x4p2", 2, 2, ["sky", "wet road"], [(0, 128, 255), (16, 17, 18)]
    )
    return keras_rcnn.SceneLabeler(model, output_resolution=2)


@pytest.fixture(scope="module")
def exported(labeler, tmp_path_factory):
    return export_saved_model(
        labeler,
        tmp_path_factory.mktemp("a") / "model",
        {"dataset": "made up"},
    )


@pytest.fixture(scope="module")
def signatures(exported):
    model = tf.saved_model.load(exported)
    # Signatures live only as long as the model.
    yield model.signatures
    del model


def test_plain_tensorflow_gives_the_same_labels(labeler, exported, tmp_path):
    np.savez(tmp_path / "in.npz", photos=PHOTOS)
    subprocess.run(
        [
            sys.executable,
            "-c",
            PLAIN_TENSORFLOW,
            str(exported),
            "probabilities",
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


def test_any_size_and_batch(signatures):
    serve = signatures["serving_default"]
    for shape in ((1, 1, 1, 3), (3, 40, 7, 3)):
        results = serve(images=tf.zeros(shape, tf.uint8))
        assert results["labels"].shape == shape[:3]
        assert results["confidence"].shape == shape[:3]


def test_every_resolution_and_number_of_instances(labeler, signatures):
    def labels_of(**choices):
        return keras_rcnn.SceneLabeler(labeler.model, **choices)(PHOTOS)

    expected = {
        "serving_default": labels_of(output_resolution=2),
        "resolution_1": labels_of(output_resolution=1),
        "resolution_2": labels_of(output_resolution=2),
        "resolution_4": labels_of(output_resolution=4),
        "instances_1": labels_of(output_resolution=2, num_instances=1),
        "instances_2": labels_of(output_resolution=2, num_instances=2),
    }
    others = {"probabilities", "image_bytes", "about"}
    assert set(signatures) == {*expected, *others}
    for name, labels in expected.items():
        results = signatures[name](images=tf.constant(PHOTOS))
        np.testing.assert_array_equal(results["labels"], labels, name)


def test_confidence_is_the_probability_of_the_label(labeler, signatures):
    results = signatures["serving_default"](images=tf.constant(PHOTOS))
    _, probabilities = labeler(PHOTOS, return_probabilities=True)
    np.testing.assert_allclose(
        results["confidence"], probabilities.max(axis=-1), atol=1e-6
    )


def test_files_of_several_sizes(labeler, signatures):
    photos = PHOTOS[0], PHOTOS[1, :7, :9]
    files = []
    for photo in photos:
        file = io.BytesIO()
        Image.fromarray(photo).save(file, "PNG")
        files.append(file.getvalue())
    results = signatures["image_bytes"](image_bytes=tf.constant(files))
    assert results["height"].numpy().tolist() == [19, 7]
    assert results["width"].numpy().tolist() == [30, 9]
    for index, photo in enumerate(photos):
        png = io.BytesIO(results["label_png_bytes"].numpy()[index])
        (labels,) = labeler(photo[np.newaxis])
        np.testing.assert_array_equal(np.array(Image.open(png)), labels)
        np.testing.assert_allclose(
            results["class_shares"][index],
            [np.mean(labels == 0), np.mean(labels == 1)],
            atol=1e-7,
        )


def test_a_broken_file_is_named_and_leaves_the_model_alive(signatures):
    serve = signatures["image_bytes"]
    file = io.BytesIO()
    Image.fromarray(PHOTOS[0]).save(file, "PNG")
    good = file.getvalue()
    for bad, reason in (
        (b"text", r"image_bytes\[1\]. .is no JPEG or PNG"),
        (good[:20], r"image_bytes\[1\]. .has"),
        (good[:60], "(?s)image_bytes.*Invalid PNG"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError, match=reason):
            serve(image_bytes=tf.constant([good, bad]))
    assert serve(image_bytes=tf.constant([good]))["height"] == 19


def test_what_it_says_of_itself(exported, signatures):
    about = signatures["about"]()
    assert about["class_names"].numpy().tolist() == [b"sky", b"wet road"]
    assert about["palette"].numpy().tolist() == [[0, 128, 255], [16, 17, 18]]
    version = keras_rcnn.__version__
    expected = {"keras_rcnn": version, "dataset": "made up"}
    assert json.loads(about["metadata"].numpy()) == expected
    file = exported / "assets" / "metadata.json"
    assert json.loads(file.read_text()) == expected


def test_warm_up_requests_are_answered(exported, signatures):
    file = exported / "assets.extra" / "tf_serving_warmup_requests"
    names = set()
    for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
        log = prediction_log_pb2.PredictionLog.FromString(record)
        request = log.predict_log.request
        names.add(request.model_spec.signature_name)
        inputs = {
            name: tf.constant(tf.make_ndarray(values))
            for name, values in request.inputs.items()
        }
        assert signatures[request.model_spec.signature_name](**inputs)
    assert names == {"serving_default", "probabilities", "image_bytes"}


@pytest.mark.parametrize(
    ("max_pixels", "size"),
    [(1, (1, 1)), (3071, (48, 55)), (3072, (48, 55)), (10**6, (48, 64))],
)
def test_warm_up_photos_are_within_the_limit(max_pixels, size):
    records = warm_up.warm_up_requests(max_pixels)
    (found,) = re.findall(rb"\xff\xc0\x00\x11\x08(..)(..)", records, re.DOTALL)
    assert tuple(map(int.from_bytes, found)) == size


def test_large_photos_in_tiles_and_none_too_large(labeler, tmp_path):
    photo = np.random.default_rng(1).integers(0, 256, (1, 200, 190, 3))
    photo = photo.astype(np.uint8)
    averaging = keras_rcnn.SceneLabeler(
        labeler.model, output_resolution=2, smoothing=5
    )
    # The least memory there is: tiles of one receptive field.
    folder = export_saved_model(
        averaging, tmp_path, memory_mb=1, max_megapixels=0.04
    )
    model = tf.saved_model.load(folder)
    serve = model.signatures["serving_default"]
    labels = serve(images=tf.constant(photo))["labels"]
    # Means may be rounded in another way, which decides where two are equal.
    assert np.mean(labels == averaging(photo)) > 0.9999
    assert np.mean(labels == labeler(photo)) < 0.99
    with pytest.raises(tf.errors.InvalidArgumentError, match="40000"):
        serve(images=tf.zeros((1, 201, 200, 3), tf.uint8))


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
    labeler, exported, tmp_path
):
    folder = shutil.copytree(exported, tmp_path / "model")
    (folder / "README.md").write_text("card")
    other = keras_rcnn.SceneLabeler(labeler.model, num_instances=1)
    export_saved_model(other, folder)
    model = tf.saved_model.load(folder)
    results = model.signatures["serving_default"](images=tf.constant(PHOTOS))
    np.testing.assert_array_equal(results["labels"], other(PHOTOS))
    assert (folder / "README.md").read_text() == "card"
    assert not list(folder.glob("part-*"))


def test_a_file_in_the_way_is_named(labeler, tmp_path):
    (tmp_path / "taken").write_text("")
    with pytest.raises(InputError, match="taken: cannot be written"):
        export_saved_model(labeler, tmp_path / "taken")


def test_no_constant_is_there_twice(exported):
    """Nodes are what the time to load goes by."""
    content = (exported / "saved_model.pb").read_bytes()
    graph = saved_model_pb2.SavedModel.FromString(content).meta_graphs[0]
    functions = graph.graph_def.library.function
    assert len(functions) > 50
    for function in functions:
        values = [
            node.attr["value"].SerializeToString()
            for node in function.node_def
            if node.op == "Const" and not node.input
        ]
        assert len(set(values)) == len(values)
