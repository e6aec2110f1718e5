"""How a file of an engine labels large photos in tiles."""

import dataclasses
import json

from keras_rcnn.labeling.tiles import TileGrid

TILES_FILE = "tiles.json"
_LARGEST = {"context": 2**14, "stride": 2**12, "bytes_a_pixel": 2**24}


@dataclasses.dataclass(frozen=True)
class TileContext:
    """What a file for photos of any size states about its network.

    Args:
        context: pixels on each side of a tile that its labels depend on, a
            multiple of the stride.
        stride: tiles begin at multiples of this number of pixels.
        bytes_a_pixel: memory that the engine takes for a pixel.

    Raises:
        ValueError: if the numbers are not possible.

    >>> TileContext.from_text(TileContext(80, 8, 1500).to_text())
    TileContext(context=80, stride=8, bytes_a_pixel=1500)
    """

    context: int
    stride: int
    bytes_a_pixel: int

    def __post_init__(self) -> None:
        for name, largest in _LARGEST.items():
            value = getattr(self, name)
            if not isinstance(value, int) or not 0 < value <= largest:
                raise ValueError(f"{TILES_FILE} has {name}={value!r}")
        if self.context % self.stride:
            raise ValueError(f"{TILES_FILE} has a context of partial strides")

    @classmethod
    def from_text(cls, text: str) -> "TileContext":
        """Reads what `to_text` wrote.

        Raises:
            ValueError: if it is something else.
        """
        values = json.loads(text)
        if not isinstance(values, dict) or values.keys() != _LARGEST.keys():
            raise ValueError(f"{TILES_FILE} does not describe tiles")
        return cls(**values)

    def to_text(self) -> str:
        """The text of the file."""
        return json.dumps(dataclasses.asdict(self))

    def grid(self, memory_mb: float, max_pixels: int) -> TileGrid:
        """The tiles that fit in the memory.

        Args:
            memory_mb: megabytes that a tile may take.
            max_pixels: maximum number of pixels that the engine takes.
        """
        room = int(1e6 * memory_mb / self.bytes_a_pixel)
        return TileGrid(
            padding=self.context,
            stride=self.stride,
            smallest=2 * self.context,
            max_pixels=min(room, max_pixels),
        )
