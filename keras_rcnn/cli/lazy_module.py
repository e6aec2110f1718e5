"""Modules that are imported when they are used."""

import importlib
from typing import Any


class LazyModule:
    """A module that is imported when its first attribute is read.

    Commands name the modules that they need at their top like this, so that
    `--help` and completion do not import TensorFlow.

    Args:
        name: of the module.
    """

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        # Tools that inspect a command ask for such names without using it.
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        return getattr(importlib.import_module(self._name), attribute)
