"""SavedModels, read before they are run.

A SavedModel is a program: some operations of TensorFlow read and write files,
call Python or other machines, and some of them run while a folder is loaded.
"""

import collections
import pathlib
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

import tensorflow as tf
from tensorflow.core.framework.node_def_pb2 import NodeDef
from tensorflow.core.protobuf import saved_model_pb2
from tensorflow.core.protobuf.meta_graph_pb2 import MetaGraphDef

from keras_rcnn.errors import InputError

GRAPH_FILE = "saved_model.pb"
# Every SavedModel has two functions with these, which `tf.saved_model.load`
# does not call.
_SAVER_OPERATIONS = {"SaveV2", "RestoreV2", "MergeV2Checkpoints"}
# Operations on files, Python, processes and other machines.
_REFUSED = re.compile(
    r"(?:Experimental)?(?:"
    r"\w*PyFunc\w*|(?:Read|Write|Matching)Files?|DumpTensor|RecordInput"
    r"|Save(?:Slices)?|(?:DTensor)?Restore(?:Slice)?|MergeV2Checkpoints"
    r"|DistributedSave|LoadAndRemapMatrix|GenerateVocabRemapping"
    r"|FileSystemSetConfiguration|CalibrationStatisticsSaver"
    r"|InitializeTableFromTextFile|Skipgram|FixedUnigramCandidateSampler"
    r"|(?:WholeFile|TextLine|FixedLengthRecord|TFRecord|LMDB)Reader"
    r"|(?:TextLine|FixedLengthRecord|TFRecord|LMDB|CSV|Sql|MatchingFiles)Dataset"
    r"|(?:Save|Load|Cache|DataService)Dataset|DatasetToTFRecord"
    r"|\w*Snapshot\w+|Debug\w+|CreateSummary\w+|RegisterDataset"
    r"|Rpc\w+|RemoteCall|WorkerHeartbeat|XlaCustomCall"
    r")(?:V\d+)?"
)


def load_saved_model(
    path: pathlib.Path, trust_model: bool = False
) -> tuple[Any, saved_model_pb2.SavedModel]:
    """Loads a SavedModel, after a look at its operations.

    Args:
        path: its folder.
        trust_model: whether it may do anything.

    Returns:
        The model and the content of its file.

    Raises:
        InputError: if the graph has an operation on files, Python, processes
            or other machines.
        Exception: of any class, if the folder is broken.
    """
    content = (path / GRAPH_FILE).read_bytes()
    proto = saved_model_pb2.SavedModel.FromString(content)
    if not trust_model:
        check_operations(path, proto)
    return tf.saved_model.load(path), proto


def check_operations(name: object, proto: saved_model_pb2.SavedModel) -> None:
    """Refuses a SavedModel that may do more than label photos.

    Args:
        name: of the SavedModel, for the message.
        proto: the content of its file.

    Raises:
        InputError: naming the first operation on files, Python, processes or
            other machines.
    """
    for graph in proto.meta_graphs:
        for operation in refused_operations(graph):
            raise InputError(
                f"{name} has the operation {operation}, which can reach files, "
                "programs or other machines: choose another model, or give "
                "trust_model=True if you trust its author."
            )


def refused_operations(graph: MetaGraphDef) -> Iterator[str]:
    """Yields the names of operations that a model for photos does not need.

    Operations that save and restore weights are allowed in the functions of
    the saver, unless something else calls these functions.
    """
    functions: dict[str, list[NodeDef]] = collections.defaultdict(list)
    for function in graph.graph_def.library.function:
        functions[function.signature.name] += function.node_def
    saver = {
        name.removeprefix("^").partition(":")[0]
        for name in (
            graph.saver_def.save_tensor_name,
            graph.saver_def.restore_op_name,
        )
    }
    nodes = graph.graph_def.node
    of_saver = _called([n for n in nodes if n.name in saver], functions)
    elsewhere = [n for n in nodes if n.name not in saver]
    callable_by_name = set(graph.object_graph_def.concrete_functions)
    for name in functions.keys() - (of_saver - callable_by_name):
        elsewhere += functions[name]
    shared = _called(elsewhere, functions) | callable_by_name
    yield from _refused([*nodes, *elsewhere], ())
    for name in of_saver:
        allowed = () if name in shared else _SAVER_OPERATIONS
        yield from _refused(functions[name], allowed)


def _refused(
    nodes: Iterable[NodeDef], allowed: Collection[str]
) -> Iterator[str]:
    for node in nodes:
        if node.op not in allowed and _is_refused(node):
            yield node.op


def _is_refused(node: NodeDef) -> bool:
    if node.op == "PrintV2":
        return node.attr["output_stream"].s.startswith(b"file:")
    return _REFUSED.fullmatch(node.op) is not None


def _called(
    nodes: Iterable[NodeDef], functions: Mapping[str, Iterable[NodeDef]]
) -> set[str]:
    """Names of all functions that nodes call, directly or not."""
    found: set[str] = set()
    waiting = list(nodes)
    while waiting:
        node = waiting.pop()
        names = {node.op}
        for value in node.attr.values():
            names.add(value.func.name)
            names.update(function.name for function in value.list.func)
        for name in (names & functions.keys()) - found:
            found.add(name)
            waiting += functions[name]
    return found
