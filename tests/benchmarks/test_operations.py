"""The time of each kind of operation of a file for phones."""

import collections

import numpy as np
import pytest

from benchmarks import operations
from benchmarks.operations import litert
from keras_rcnn import RecurrentCNN
from keras_rcnn.errors import InputError
from keras_rcnn.export import export_litert, export_onnx

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder with both files, in which `export --all` writes others too."""
    folder = tmp_path_factory.mktemp("files") / "small"
    (folder / "litert").mkdir(parents=True)
    model = RecurrentCNN.from_stages("2x2p2", 2, 2)
    export_litert(model, folder / "litert" / "float32.tflite", (12, 16))
    export_onnx(model, folder / "labeling.onnx")
    return folder


@pytest.mark.extras(name="litert")
def test_every_operation_of_a_file_is_counted(folder):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    rows = operations.measure(str(folder), repeats=1)

    by_file = collections.defaultdict(dict)
    for row in rows:
        by_file[row["file"]][row["operation"]] = row["count"]
    details = interpreter.Interpreter(
        str(folder / "litert" / "float32.tflite"),
        experimental_op_resolver_type=(
            interpreter.OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES
        ),
    )._get_ops_details()
    assert by_file["float32.tflite"] == collections.Counter(
        each["op_name"] for each in details
    )
    # Two instances of two stages.
    assert by_file["labeling.onnx"]["Conv"] == 4
    for name in by_file:
        shares = [row["share"] for row in rows if row["file"] == name]
        assert sum(shares) == pytest.approx(1)
    assert operations.draw(rows).axes


@pytest.mark.extras(name="litert")
def test_the_last_cut_is_the_file(folder):
    interpreter = pytest.importorskip("ai_edge_litert.interpreter")
    file = folder / "litert" / "float32.tflite"
    photo = np.random.default_rng(0).integers(0, 256, (1, 12, 16, 3), np.uint8)

    def run(content):
        engine = interpreter.Interpreter(model_content=content)
        engine.allocate_tensors()
        engine.set_tensor(engine.get_input_details()[0]["index"], photo)
        engine.invoke()
        return engine.get_tensor(engine.get_output_details()[0]["index"])

    *_, (_, last) = litert._cuts(file)

    np.testing.assert_array_equal(run(last), run(file.read_bytes()))


def test_a_folder_without_files_is_named(tmp_path):
    with pytest.raises(InputError, match="holds neither litert"):
        operations.measure(str(tmp_path))
