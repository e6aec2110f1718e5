"""The machinery of `keras-rcnn label`: photos read, labeled and written."""
