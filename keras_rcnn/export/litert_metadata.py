"""Metadata of LiteRT files, as MediaPipe reads them."""

import dataclasses
import io
import zipfile
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from keras_rcnn.errors import import_extra
from keras_rcnn.export.flat_tables import Choice, FlatTables
from keras_rcnn.runtime.aligned_builder import AlignedBuilder

_LABELS_FILE = "labels.txt"
# Choices of the schema.
_FEATURE, _IMAGE = Choice(1), Choice(2)
_NORMALIZATION = Choice(1)
_RGB = Choice(1)
_TENSOR_AXIS_LABELS = Choice(2)


@dataclasses.dataclass(frozen=True)
class LiteRTMetadata:
    """The metadata of a file.

    Args:
        description: text for people.
        version: version of the package that wrote the file.
        class_names: one name for each class, in order.
        files: further text files by name.

    Reference:
        The schemas `metadata_schema.fbs` of TensorFlow Lite Support and
        `image_segmenter_metadata_schema.fbs` of MediaPipe.
    """

    description: str
    version: str
    class_names: Sequence[str]
    files: Mapping[str, str]

    def attach(self, model: bytes) -> bytes:
        """Returns the LiteRT file with the metadata.

        The text files are a zip archive after the graph, where MediaPipe looks
        for them. Names of inner tensors, a tenth of a small file, are removed.
        """
        schema = _schema()
        graph = schema.ModelT.InitFromPackedBuf(bytearray(model), 0)
        _move_inside(graph, model)
        _remove_names(graph)
        _add_buffer(graph, b"TFLITE_METADATA", self._pack())
        builder = AlignedBuilder(len(model))
        builder.Finish(graph.Pack(builder), b"TFL3")
        content = io.BytesIO(bytes(builder.Output()))
        content.seek(0, io.SEEK_END)
        names = "".join(f"{name}\n" for name in self.class_names)
        with zipfile.ZipFile(content, "a") as archive:
            for name, text in {_LABELS_FILE: names, **self.files}.items():
                # `ZipInfo` has a fixed date, which makes files reproducible.
                archive.writestr(zipfile.ZipInfo(name), text)
        return content.getvalue()

    def _pack(self) -> bytes:
        """Returns the table `ModelMetadata`."""
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
    """Adds the `TensorMetadata` of photos, which need no preprocessing."""
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
    """Adds the `TensorMetadata` of labels or probabilities."""
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
    """Adds MediaPipe's `ImageSegmenterOptions`, without an activation."""
    options = FlatTables()
    content = options.finish(options.table(Choice(0)), b"V001")
    return make.table(
        make.text("SEGMENTER_METADATA"), make.buffer(content, alignment=16)
    )


def _schema() -> Any:
    module = "ai_edge_litert.schema_py_generated"
    return import_extra(module, "LiteRT export", "litert")


def _move_inside(graph: Any, model: bytes) -> None:
    """Moves weights that lie after the graph into the graph.

    The quantizer writes them there if the graph is large. The zip archive
    would change their places.
    """
    for buffer in graph.buffers:
        if buffer.size:
            end = buffer.offset + buffer.size
            buffer.data = np.frombuffer(model[buffer.offset : end], np.uint8)
            buffer.offset = buffer.size = 0


def _remove_names(graph: Any) -> None:
    for part in graph.subgraphs:
        seen = {*part.inputs, *part.outputs}
        for index, tensor in enumerate(part.tensors):
            if index not in seen:
                tensor.name = b""


def _add_buffer(graph: Any, name: bytes, content: bytes) -> None:
    schema = _schema()
    buffer, entry = schema.BufferT(), schema.MetadataT()
    buffer.data = np.frombuffer(content, np.uint8)
    graph.buffers.append(buffer)
    entry.name, entry.buffer = name, len(graph.buffers) - 1
    graph.metadata = [*(graph.metadata or []), entry]
