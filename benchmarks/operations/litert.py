"""Times the operations of a LiteRT file.

LiteRT's benchmark has no profile of operations in the packages for Python, so
the file is cut after each operation and timed.
"""

import pathlib
import time
from collections.abc import Iterator
from typing import Any

import numpy as np

from keras_rcnn.errors import import_extra

_IDENTIFIER = b"TFL3"


def time_litert(
    file: pathlib.Path, repeats: int
) -> dict[str, tuple[int, float]]:
    """Number and milliseconds of each kind of operation, the slowest first.

    Args:
        file: for photos of one size.
        repeats: runs of each cut, of which the fastest counts.
    """
    found: dict[str, tuple[int, float]] = {}
    before = 0.0
    for kind, content in _cuts(file):
        seconds = _seconds(content, repeats)
        count, milliseconds = found.get(kind, (0, 0.0))
        found[kind] = count + 1, milliseconds + 1e3 * (seconds - before)
        before = seconds
    return dict(sorted(found.items(), key=lambda item: -item[1][1]))


def _cuts(file: pathlib.Path) -> Iterator[tuple[str, bytes]]:
    """The kind of each operation, and the file that ends with it."""
    schema = _import("schema_py_generated", file)
    kinds = {
        number: name
        for name, number in vars(schema.BuiltinOperator).items()
        if isinstance(number, int)
    }
    model = schema.ModelT.InitFromObj(
        schema.Model.GetRootAs(file.read_bytes(), 0)
    )
    model.signatureDefs = []
    (graph,) = model.subgraphs
    operators, outputs = graph.operators, list(graph.outputs)
    for end in range(1, len(operators) + 1):
        graph.operators = operators[:end]
        # Whatever is needed later is an output, so that it is computed.
        needed = {i for each in operators[end:] for i in each.inputs}
        needed.update(outputs)
        graph.outputs = [
            index
            for each in graph.operators
            for index in each.outputs
            if index in needed
        ]
        code = model.operatorCodes[operators[end - 1].opcodeIndex]
        number = max(code.builtinCode, code.deprecatedBuiltinCode)
        yield kinds[number], _packed(model)


def _packed(model: Any) -> bytes:
    import flatbuffers

    builder = flatbuffers.Builder(2**20)
    builder.Finish(model.Pack(builder), _IDENTIFIER)
    return bytes(builder.Output())


def _seconds(content: bytes, repeats: int) -> float:
    """The fastest run, which other programs disturb the least."""
    interpreter = _import("interpreter", "the benchmark").Interpreter(
        model_content=content, num_threads=1
    )
    interpreter.allocate_tensors()
    (photo,) = interpreter.get_input_details()
    pixels = np.random.default_rng(0).integers(0, 256, photo["shape"], np.uint8)
    interpreter.set_tensor(photo["index"], pixels)
    interpreter.invoke()
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        interpreter.invoke()
        seconds.append(time.perf_counter() - start)
    return min(seconds)


def _import(name: str, what: object) -> Any:
    return import_extra(f"ai_edge_litert.{name}", str(what), "litert")
