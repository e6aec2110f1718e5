"""What a LiteRT file says of itself, such that MediaPipe understands it."""

import dataclasses
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import flatbuffers
import numpy as np

from keras_rcnn.export.flat_tables import Choice, FlatTables

_LABELS_FILE = "labels.txt"
# Choices of the schema.
_FEATURE, _IMAGE = Choice(1), Choice(2)
_NORMALIZATION = Choice(1)
_RGB = Choice(1)
_TENSOR_AXIS_LABELS = Choice(2)


@dataclasses.dataclass(frozen=True)
class LiteRTMetadata:
    """What stands in a file beside its graph.

    Args:
        description: for people.
        version: of the package that wrote it.
        class_names: in order.
        files: other content, by file name.

    Reference:
        The schemas `metadata_schema.fbs` of TensorFlow Lite Support and
        `image_segmenter_metadata_schema.fbs` of MediaPipe.
    """

    description: str
    version: str
    class_names: Sequence[str]
    files: Mapping[str, str]

    def attach(self, model: bytes) -> bytes:
        """The LiteRT file with all of this in it.

        The files are a zip archive behind the graph, as MediaPipe wants them.
        Names of inner tensors, a tenth of a small file, are left out.
        """
        from ai_edge_litert import schema_py_generated as schema

        graph = schema.ModelT.InitFromPackedBuf(bytearray(model), 0)
        _forget_names(graph)
        _add_buffer(graph, b"TFLITE_METADATA", self._pack())
        builder = _AlignedBuilder(len(model))
        builder.Finish(graph.Pack(builder), b"TFL3")
        content = io.BytesIO(bytes(builder.Output()))
        content.seek(0, io.SEEK_END)
        names = "".join(f"{name}\n" for name in self.class_names)
        with zipfile.ZipFile(content, "a") as archive:
            for name, text in {_LABELS_FILE: names, **self.files}.items():
                # Of a fixed date, so that the same model is the same file.
                archive.writestr(zipfile.ZipInfo(name), text)
        return content.getvalue()

    def _pack(self) -> bytes:
        """The table `ModelMetadata`."""
        make = FlatTables()
        subgraph = make.table(
            make.text("labeling"),
            None,
            make.vector(_input(make)),
            make.vector(_output(make)),
            *[None] * 5,
            make.vector(_segmenter_options(make)),
        )
        root = make.table(
            make.text("keras_rcnn"),
            make.text(self.description),
            make.text(self.version),
            make.vector(subgraph),
            *[None] * 3,
            make.text("1.0.0"),
        )
        return make.finish(root, b"M001")


def _input(make: FlatTables) -> int:
    """The `TensorMetadata` of photos that are taken as they are."""
    nothing = make.table(make.floats(0), make.floats(1))
    return make.table(
        make.text("images"),
        make.text("Photos, red, green and blue from 0 to 255."),
        None,
        make.table(_IMAGE, make.table(_RGB), None),
        make.vector(make.table(_NORMALIZATION, nothing)),
        make.table(make.floats(255), make.floats(0)),
        None,
    )


def _output(make: FlatTables) -> int:
    """The `TensorMetadata` of labels or probabilities."""
    names = make.table(
        make.text(_LABELS_FILE),
        make.text("Names of the classes."),
        _TENSOR_AXIS_LABELS,
        None,
        None,
    )
    return make.table(
        make.text("segmentation"),
        None,
        None,
        make.table(_FEATURE, make.table(), None),
        None,
        None,
        make.vector(names),
    )


def _segmenter_options(make: FlatTables) -> int:
    """MediaPipe's `ImageSegmenterOptions`: nothing is left to be applied."""
    options = FlatTables()
    content = options.finish(options.table(Choice(0)), b"V001")
    return make.table(
        make.text("SEGMENTER_METADATA"), make.buffer(content, alignment=16)
    )


def _forget_names(graph: Any) -> None:
    for part in graph.subgraphs:
        seen = {*part.inputs, *part.outputs}
        for index, tensor in enumerate(part.tensors):
            if index not in seen:
                tensor.name = b""


def _add_buffer(graph: Any, name: bytes, content: bytes) -> None:
    from ai_edge_litert import schema_py_generated as schema

    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(content, np.uint8)
    graph.buffers.append(buffer)
    entry.name, entry.buffer = name, len(graph.buffers) - 1
    graph.metadata = [*(graph.metadata or []), entry]


class _AlignedBuilder(flatbuffers.Builder):
    """Starts weights where the interpreter can use them in place."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> Any:
        """A vector of `numElems` elements."""
        size = elemSize * numElems
        if size >= 8:
            alignment = max(alignment, 16 if size > 64 else 8)
        return super().StartVector(elemSize, numElems, alignment)
