"""SavedModels of strangers: what they could do is read before they run."""

import pathlib

import numpy as np
import pytest
import tensorflow as tf
from tensorflow.core.framework import op_def_pb2
from tensorflow.core.protobuf import meta_graph_pb2, saved_model_pb2
from tensorflow.python.client import pywrap_tf_session

from keras_rcnn import load_labeler
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.runtime.graph_operations import refused_operations

SHIPPED = pathlib.Path(__file__).parents[2] / "saved_models"
PHOTO = np.zeros((4, 5, 3), np.uint8)
# Arguments whose names look like those of files, and are not.
HARMLESS = {
    "top_paths",
    "targets",
    "source_target_pairs",
    "direction",
    "recall_target",
    "counter_prefix",
}


@pytest.fixture
def stranger(tmp_path):
    """Function that writes a SavedModel whose labels a function computes."""

    def write(to_labels, folder=tmp_path / "stranger", **more):
        module = tf.Module()
        for name, value in more.items():
            setattr(module, name, value)
        module.label = tf.function(
            lambda images: {"labels": to_labels(images)},
            input_signature=[
                tf.TensorSpec((None, None, None, 3), tf.uint8, "images")
            ],
        )
        signatures = dict.fromkeys(
            ("serving_default", "probabilities", "image_bytes"), module.label
        )
        tf.saved_model.save(module, folder, signatures)
        (folder / "assets").mkdir(exist_ok=True)
        (folder / "assets" / "classes.txt").write_text("a #000000\nb #ffffff\n")
        return folder

    return write


def written(path):
    """Makes labels, and a file."""

    def label(images):
        with tf.control_dependencies([tf.io.write_file(str(path), "x")]):
            return tf.identity(images[..., 0])

    return label


def in_a_loop(path):
    return lambda images: tf.while_loop(
        lambda labels: tf.reduce_all(labels == 0),
        lambda labels: [written(path)(labels[..., None]) + 1],
        [images[..., 0]],
    )[0]


def in_a_pipeline(path):
    def label(images):
        photos = tf.data.Dataset.from_tensors(images).map(written(path))
        return photos.get_single_element()

    return label


def printed(path):
    def label(images):
        tf.print("x", output_stream=f"file://{path}")
        return images[..., 0]

    return label


def from_a_file(path):
    path.write_text("x")

    def label(images):
        content = tf.io.read_file(str(path))
        return images[..., 0] + tf.cast(tf.strings.length(content), tf.uint8)

    return label


def by_python(path):
    def python(images):
        path.touch()
        return images[..., 0]

    return lambda images: tf.numpy_function(python, [images], tf.uint8)


def restored(path):
    return lambda images: tf.cast(
        tf.raw_ops.RestoreV2(
            prefix=str(path),
            tensor_names=["x"],
            shape_and_slices=[""],
            dtypes=[tf.uint8],
        )[0],
        tf.uint8,
    )


@pytest.mark.parametrize(
    ("to_labels", "operation"),
    [
        (written, "WriteFile"),
        (in_a_loop, "WriteFile"),
        (in_a_pipeline, "WriteFile"),
        (printed, "PrintV2"),
        (from_a_file, "ReadFile"),
        (by_python, "PyFunc"),
        (restored, "RestoreV2"),
    ],
)
def test_an_operation_on_files_is_named(
    stranger, tmp_path, to_labels, operation
):
    folder = stranger(to_labels(tmp_path / "file"))
    with pytest.raises(InputError) as error:
        load_labeler(folder)
    assert str(error.value) == (
        f"{folder} has the operation {operation}, which can reach files, "
        "programs or other machines: choose another model, or give "
        "trust_model=True if you trust its author."
    )


def test_a_file_that_is_read_while_the_model_is_loaded(stranger, tmp_path):
    names = tmp_path / "names"
    names.write_text("a\nb\n")
    lines = tf.lookup.TextFileIndex
    initializer = tf.lookup.TextFileInitializer(
        str(names), tf.string, lines.WHOLE_LINE, tf.int64, lines.LINE_NUMBER
    )
    table = tf.lookup.StaticVocabularyTable(initializer, 1)
    folder = stranger(lambda images: images[..., 0], table=table)
    with pytest.raises(InputError, match="InitializeTableFromTextFileV2"):
        load_labeler(folder)


def test_a_trusted_model_may_do_anything(stranger, tmp_path):
    path = tmp_path / "file"
    folder = stranger(written(path))
    labeler = load_labeler(folder, trust_model=True)
    assert not path.exists()
    assert labeler(PHOTO).shape == (4, 5)
    assert path.read_text() == "x"


def test_every_program_names_the_operation(
    run_command, stranger, write_picture, tmp_path
):
    folder = stranger(written(tmp_path / "file"))
    photo = write_picture("photo.png", PHOTO)
    ports = [f"--{name}=0" for name in ("port", "rest_port", "kserve_port")]
    for command in (
        ("label", f"--output_dir={tmp_path / 'out'}", photo),
        ("evaluate", "--dataset=synthetic"),
        ("serve", *ports),
    ):
        status, _, errors = run_command(*command, f"--model={folder}")
        assert status == 1
        assert "has the operation WriteFile" in errors, command
        assert "or give --trust_model=True" in errors


@pytest.mark.extras(name="beam")
def test_a_corpus_names_the_operation(
    run_command, stranger, write_picture, tmp_path
):
    folder = stranger(written(tmp_path / "file"))
    status, _, errors = run_command(
        "label-corpus",
        f"--images={write_picture('photo.png', PHOTO)}",
        f"--output_dir={tmp_path}/out",
        f"--model={folder}",
    )
    assert status == 1
    assert "has the operation WriteFile" in errors


def test_the_functions_of_the_saver_are_for_the_saver_alone():
    content = (SHIPPED / "plain_sift_flow/saved_model.pb").read_bytes()
    (graph,) = saved_model_pb2.SavedModel.FromString(content).meta_graphs
    assert not list(refused_operations(graph))
    (caller,) = (
        node
        for node in graph.graph_def.node
        if node.name == graph.saver_def.save_tensor_name.partition(":")[0]
    )
    function = graph.graph_def.library.function[0]
    function.node_def.add(op="StatefulPartitionedCall", name="x").attr[
        "f"
    ].func.name = caller.attr["f"].func.name
    assert {*refused_operations(graph)} == {"SaveV2", "MergeV2Checkpoints"}


def test_all_operations_of_tensorflow_with_a_file_are_refused():
    """By the names of their arguments, in TensorFlow's own list."""
    buffer = pywrap_tf_session.TF_GetAllOpList()
    content = pywrap_tf_session.TF_GetBuffer(buffer)
    allowed = {}
    for operation in op_def_pb2.OpList.FromString(content).op:
        names = {
            argument.name
            for argument in (*operation.input_arg, *operation.attr)
            if any(
                part in argument.name
                for part in ("file", "path", "dir", "url", "address", "prefix")
            )
        } - HARMLESS
        graph = meta_graph_pb2.MetaGraphDef()
        graph.graph_def.node.add(op=operation.name)
        if names and not list(refused_operations(graph)):
            allowed[operation.name] = names
    assert allowed == {
        # Its texts may be names of files, which it does not open.
        "TensorSliceDataset": {"is_files"},
    }


def test_only_photos_beyond_a_limit_are_called_too_large(stranger):
    def label(images):
        tf.debugging.assert_less(tf.shape(images)[1], 4, "only small ones")
        return images[..., 0]

    labeler = load_labeler(stranger(label))
    assert labeler(PHOTO[:3]).shape == (3, 5)
    with pytest.raises(InputError, match="only small ones") as error:
        labeler(PHOTO)
    assert not isinstance(error.value, TooLargeError)
    assert "cannot label a photo of 5x4 pixels" in str(error.value)
