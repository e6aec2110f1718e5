"""The machinery of `keras-rcnn label --video` and `--camera`."""
