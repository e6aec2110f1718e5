"""LiteRT files that label tiles of a photo, made when they are needed."""

from typing import Any

from ai_edge_litert import schema_py_generated as schema

from keras_rcnn.runtime.aligned_builder import AlignedBuilder

_OPERATORS = schema.BuiltinOperator


def with_statistics_given(content: bytes) -> bytes:
    """A LiteRT file whose mean and standard deviation are inputs.

    A file for photos of any size standardizes a photo by the mean and the
    standard deviation of its pixels. A tile needs the values of the whole
    photo. The inputs of the result are the pixels, the mean and 1 over the
    standard deviation, float32 `(1, 1, 1, 1)`.

    Args:
        content: of a file that `export_litert` wrote.

    Raises:
        ValueError: if the file does not standardize in this way.
    """
    model = schema.ModelT.InitFromPackedBuf(bytearray(content), 0)
    (graph,) = model.subgraphs
    mean, scale = _statistics(model, graph)
    graph.inputs = [graph.inputs[0], mean, scale]
    graph.operators = _needed(graph)
    # They name the old inputs; the interpreter goes by the order.
    model.signatureDefs = []
    builder = AlignedBuilder(len(content))
    builder.Finish(model.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def _statistics(model: Any, graph: Any) -> tuple[int, int]:
    """The tensors `mean` and `scale` of `(photo - mean) * scale`."""
    made_by = {op.outputs[0]: op for op in graph.operators}

    def inputs(tensor: int, operator: int) -> list[int]:
        """The inputs of the operator that makes a tensor, if it is this one."""
        op = made_by.get(tensor)
        if (
            not op
            or model.operatorCodes[op.opcodeIndex].builtinCode != operator
        ):
            return [-1, -1]
        return list(op.inputs)

    for product in made_by:
        difference, scale = inputs(product, _OPERATORS.MUL)
        photo, mean = inputs(difference, _OPERATORS.SUB)
        if inputs(photo, _OPERATORS.CAST)[0] == graph.inputs[0]:
            return mean, scale
    raise ValueError("it computes no mean and standard deviation")


def _needed(graph: Any) -> list[Any]:
    """The operators that the output depends on, in order."""
    needed, kept = set(graph.outputs), []
    for op in reversed(graph.operators):
        if needed.intersection(op.outputs) - set(graph.inputs):
            kept.append(op)
            needed.update(op.inputs)
    return kept[::-1]
