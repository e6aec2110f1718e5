"""A photo that everybody has: `china.jpg` of scikit-learn."""

import importlib.util
import pathlib

CREDIT = "photo: danielbuechele, CC BY 2.0"


def sample_photo() -> pathlib.Path:
    """Its file.

    Raises:
        InputError: if scikit-learn is not installed.
    """
    from keras_rcnn.errors import InputError

    package = importlib.util.find_spec("sklearn")
    if package is None or package.origin is None:
        raise InputError(
            "The photo comes with scikit-learn, which is not installed: run "
            "`make demo`, or `pip install -e '.[photo]'` first."
        )
    folder = pathlib.Path(package.origin).parent
    return folder / "datasets" / "images" / "china.jpg"
