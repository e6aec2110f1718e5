"""The `keras-rcnn` command."""
