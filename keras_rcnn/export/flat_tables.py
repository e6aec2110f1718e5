"""Tables of FlatBuffers, written without generated code."""

import flatbuffers


class Choice(int):
    """Value of an enumeration, or type of the union that follows."""


class FlatTables:
    """Builds tables from the inside out.

    The methods return offsets in the buffer, which later tables refer to.
    """

    def __init__(self) -> None:
        self._builder = flatbuffers.Builder(1024)

    def text(self, content: str) -> int:
        """Adds a string."""
        return self._builder.CreateString(content)

    def floats(self, *values: float) -> int:
        """Adds a vector of float32."""
        self._builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            self._builder.PrependFloat32(value)
        return self._builder.EndVector()

    def buffer(self, content: bytes, alignment: int) -> int:
        """Adds a vector of bytes, for example another FlatBuffer."""
        self._builder.StartVector(1, len(content), alignment)
        for value in reversed(content):
            self._builder.PrependUint8(value)
        return self._builder.EndVector()

    def vector(self, *tables: int) -> int:
        """Adds a vector of tables."""
        self._builder.StartVector(4, len(tables), 4)
        for table in reversed(tables):
            self._builder.PrependUOffsetTRelative(table)
        return self._builder.EndVector()

    def table(self, *fields: int | None) -> int:
        """Adds a table with its fields in the order of the schema."""
        self._builder.StartObject(len(fields))
        for slot, field in enumerate(fields):
            if isinstance(field, Choice):
                self._builder.PrependInt8Slot(slot, field, 0)
            elif field is not None:
                self._builder.PrependUOffsetTRelativeSlot(slot, field, 0)
        return self._builder.EndObject()

    def finish(self, root: int, identifier: bytes) -> bytes:
        """Returns the buffer with the given root table."""
        self._builder.Finish(root, identifier)
        return bytes(self._builder.Output())
