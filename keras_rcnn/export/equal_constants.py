"""Fewer nodes in a SavedModel, so that it loads faster."""

import pathlib

from tensorflow.core.framework import function_pb2
from tensorflow.core.protobuf import saved_model_pb2

_OUTPUT = ":output:0"


def merge_equal_constants(folder: pathlib.Path) -> None:
    """Merges equal constants of each function.

    TensorFlow writes one constant for each use, a third of all nodes here.

    Args:
        folder: SavedModel; its fingerprint is invalid afterwards.
    """
    file = folder / "saved_model.pb"
    model = saved_model_pb2.SavedModel.FromString(file.read_bytes())
    for graph in model.meta_graphs:
        for function in graph.graph_def.library.function:
            _merge(function)
    file.write_bytes(model.SerializeToString(deterministic=True))


def _merge(function: function_pb2.FunctionDef) -> None:
    kept: dict[bytes, str] = {}
    replaced: dict[str, str] = {}
    nodes = []
    for node in function.node_def:
        # A constant with a control input orders the execution.
        if node.op == "Const" and not node.input:
            value = node.attr["value"].SerializeToString(deterministic=True)
            name = kept.setdefault(node.device.encode() + value, node.name)
            if name != node.name:
                replaced[node.name] = name
                continue
        nodes.append(node)
    for node in nodes:
        node.input[:] = [_renamed(name, replaced) for name in node.input]
    for key, name in function.ret.items():
        function.ret[key] = _renamed(name, replaced)
    copies = [type(node).FromString(node.SerializeToString()) for node in nodes]
    del function.node_def[:]
    function.node_def.extend(copies)


def _renamed(reference: str, replaced: dict[str, str]) -> str:
    """Returns the new name of an input, `name:output:0` or `^name`."""
    if reference.startswith("^"):
        name = reference[1:]
        return f"^{replaced.get(name, name)}"
    name = reference.removesuffix(_OUTPUT)
    return f"{replaced[name]}{_OUTPUT}" if name in replaced else reference
