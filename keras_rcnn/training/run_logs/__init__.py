"""Places where people follow training runs: TensorBoard, MLflow, W&B.

Names are imported when they are first used.
"""

from keras_rcnn import lazy_names

_MODULES = {
    "MlflowLog": "mlflow_log",
    "RunLog": "run_log",
    "TensorBoardLog": "tensorboard_log",
    "WandbLog": "wandb_log",
}

__all__ = sorted(_MODULES)
__getattr__ = lazy_names(__name__, _MODULES)
