"""Recurrent convolutional neural networks for scene parsing.

Names are imported when they are first used (PEP 562), so that importing the
package does not import TensorFlow.
"""

import importlib
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public name: the module that defines it.
_NAMES = {
    "RecurrentCNN": "models",
    "RecurrentPyramid": "models",
    "SceneLabeler": "labeling",
    "evaluate": "evaluation",
    "load_labeler": "runtime",
    "load_model": "models",
    "output_stride": "models",
    "receptive_field": "models",
    "save_model": "models",
}
_PACKAGES = (
    "annotations",
    "datasets",
    "evaluation",
    "export",
    "io",
    "labeling",
    "layers",
    "losses",
    "metrics",
    "models",
    "optimizers",
    "reports",
    "runtime",
    "serving",
    "training",
)

if TYPE_CHECKING:
    from keras_rcnn import (
        annotations,
        datasets,
        evaluation,
        export,
        io,
        labeling,
        layers,
        losses,
        metrics,
        models,
        optimizers,
        reports,
        runtime,
        serving,
        training,
    )
    from keras_rcnn.evaluation import evaluate
    from keras_rcnn.labeling.scene_labeler import SceneLabeler
    from keras_rcnn.models.presets import output_stride, receptive_field
    from keras_rcnn.models.recurrent_cnn import RecurrentCNN
    from keras_rcnn.models.recurrent_pyramid import RecurrentPyramid
    from keras_rcnn.models.saving import load_model, save_model
    from keras_rcnn.runtime.loading import load_labeler

__all__ = [*_NAMES, *_PACKAGES, "__version__"]


def lazy_names(
    package: str, modules: Mapping[str, str]
) -> Callable[[str], Any]:
    """Returns a `__getattr__` of a package that imports names on first use.

    Args:
        package: name of the package.
        modules: for each name, the module of the package that defines it; ""
            for a module of the package itself.
    """

    def get(name: str) -> Any:
        if name not in modules:
            raise AttributeError(
                f"module {package!r} has no attribute {name!r}"
            )
        if not modules[name]:
            return importlib.import_module(f"{package}.{name}")
        try:
            module = importlib.import_module(f"{package}.{modules[name]}")
        except ModuleNotFoundError:
            errors = importlib.import_module("keras_rcnn.errors")
            errors.require_tensorflow(f"{package}.{name}")
            raise
        return getattr(module, name)

    return get


__getattr__ = lazy_names(__name__, _NAMES | dict.fromkeys(_PACKAGES, ""))


def __dir__() -> list[str]:
    return sorted(__all__)
