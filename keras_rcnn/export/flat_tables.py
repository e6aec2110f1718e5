"""Tables of a FlatBuffer for which there is no generated code."""

import flatbuffers


class Choice(int):
    """Value of an enumeration, or which type of a union follows."""


class FlatTables:
    """Builds tables bottom up: each is made of those made before.

    What its methods return stands for the place in the buffer.
    """

    def __init__(self) -> None:
        self._builder = flatbuffers.Builder(1024)

    def text(self, content: str) -> int:
        """A string."""
        return self._builder.CreateString(content)

    def floats(self, *values: float) -> int:
        """A vector of float32."""
        self._builder.StartVector(4, len(values), 4)
        for value in reversed(values):
            self._builder.PrependFloat32(value)
        return self._builder.EndVector()

    def buffer(self, content: bytes, alignment: int) -> int:
        """A vector of bytes, which may be a FlatBuffer itself."""
        self._builder.StartVector(1, len(content), alignment)
        for value in reversed(content):
            self._builder.PrependUint8(value)
        return self._builder.EndVector()

    def vector(self, *tables: int) -> int:
        """A vector of tables."""
        self._builder.StartVector(4, len(tables), 4)
        for table in reversed(tables):
            self._builder.PrependUOffsetTRelative(table)
        return self._builder.EndVector()

    def table(self, *fields: int | None) -> int:
        """A table of all fields of its schema, in order, None for none."""
        self._builder.StartObject(len(fields))
        for slot, field in enumerate(fields):
            if isinstance(field, Choice):
                self._builder.PrependInt8Slot(slot, field, 0)
            elif field is not None:
                self._builder.PrependUOffsetTRelativeSlot(slot, field, 0)
        return self._builder.EndObject()

    def finish(self, root: int, identifier: bytes) -> bytes:
        """The buffer, of which one table is the root."""
        self._builder.Finish(root, identifier)
        return bytes(self._builder.Output())
