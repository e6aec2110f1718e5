"""The parts of a training run that `keras-rcnn train` starts."""
