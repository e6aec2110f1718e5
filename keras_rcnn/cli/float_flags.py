"""Flags that are numbers, which NaN is not, nor infinity."""

import math
from typing import Any

from absl import flags

# They count as flags of the program that defines them, in its help as well.
flags.disclaim_key_flags()


def define_float(
    name: str, default: float | None, text: str, **bounds: float
) -> None:
    """Adds a flag, as `flags.DEFINE_float`."""
    flags.DEFINE_float(name, default, text, **bounds)
    flags.register_validator(name, _is_finite, "give a finite number")


def define_multi_float(name: str, default: list[float], text: str) -> None:
    """Adds a flag that may be repeated, as `flags.DEFINE_multi_float`."""
    flags.DEFINE_multi_float(name, default, text)
    flags.register_validator(name, _is_finite, "give finite numbers")


def _is_finite(value: Any) -> bool:
    values = value if isinstance(value, list) else [value]
    # Bounds hold for NaN, as it is not below them.
    return all(x is None or math.isfinite(x) for x in values)
