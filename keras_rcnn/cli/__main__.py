"""`python -m keras_rcnn.cli`, which is the `keras-rcnn` command."""

from keras_rcnn.cli.main import main

main()
