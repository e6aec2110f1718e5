"""Labels a photo that comes with scikit-learn, from a checkout."""

from keras_rcnn.cli.main import run_tool

if __name__ == "__main__":
    run_tool("label-sample")
