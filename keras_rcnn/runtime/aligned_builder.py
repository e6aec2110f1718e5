"""Writing LiteRT files."""

from typing import Any

import flatbuffers


class AlignedBuilder(flatbuffers.Builder):
    """Aligns weights so that the interpreter can use them in place."""

    def StartVector(self, elemSize: int, numElems: int, alignment: int) -> Any:
        """Starts a vector of `numElems` elements."""
        size = elemSize * numElems
        if size >= 8:
            alignment = max(alignment, 16 if size > 64 else 8)
        return super().StartVector(elemSize, numElems, alignment)
