"""The photo `china.jpg`, which comes with scikit-learn."""

import importlib.util
import pathlib

from keras_rcnn.errors import missing_extra

CREDIT = "photo: danielbuechele, CC BY 2.0"


def find_sample_photo() -> pathlib.Path:
    """The file of the photo.

    Raises:
        InputError: if scikit-learn is not installed.
    """
    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        raise missing_extra("The sample photo", "photo")
    folder = pathlib.Path(package.origin).parent
    return folder / "datasets" / "images" / "china.jpg"
