"""Flags that hold several values."""

import math
from typing import Any

from absl import flags


class ListFlag(flags.MultiFlag):
    """A flag that may be repeated and takes values with commas between them."""

    def _parse(self, arguments: Any) -> list[Any]:
        if not isinstance(arguments, str):
            return list(arguments)
        # Without a default, a flag may be given an empty list.
        is_empty = not arguments and self.default is None
        parts = () if is_empty else arguments.split(",")
        try:
            return [self.parser.parse(part.strip()) for part in parts]
        except ValueError as error:
            raise flags.IllegalFlagValueError(
                f"flag --{self.name}={arguments}: {error}"
            ) from error


class JoinedFlag(flags.Flag):
    """A flag whose repeated values are joined by commas."""

    def parse(self, argument: str) -> None:
        """Takes one more value."""
        super().parse(f"{self.value},{argument}" if self.present else argument)


class FiniteParser(flags.FloatParser):
    """Takes finite numbers."""

    def convert(self, argument: Any) -> float:
        """The number that a text stands for."""
        value: float = super().convert(argument)
        if not math.isfinite(value):
            raise ValueError("give finite numbers")
        return value
