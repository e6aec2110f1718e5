"""Recurrent convolutional neural networks for scene parsing.

Names are imported when they are first used (PEP 562), so that importing the
package does not import TensorFlow.
"""

import importlib
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

# Public name: the module that defines it.
_NAMES = {
    "RecurrentCNN": "models",
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
    from keras_rcnn.labeling import SceneLabeler
    from keras_rcnn.models import (
        RecurrentCNN,
        load_model,
        output_stride,
        receptive_field,
        save_model,
    )
    from keras_rcnn.runtime import load_labeler

__all__ = [*_NAMES, *_PACKAGES, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        module = importlib.import_module(f"keras_rcnn.{_NAMES[name]}")
        return getattr(module, name)
    if name in _PACKAGES:
        return importlib.import_module(f"keras_rcnn.{name}")
    raise AttributeError(f"module 'keras_rcnn' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
