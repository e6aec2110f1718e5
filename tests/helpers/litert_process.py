"""Labels a photo with each `.tflite` file that is named, in one process.

Prints a line for each: `labeled`, or `refused` and the reason.
"""

import sys

import numpy as np

from keras_rcnn.errors import InputError
from keras_rcnn.runtime.litert_labeler import LiteRTLabeler

PHOTO = np.random.default_rng(0).integers(0, 256, (40, 50, 3), np.uint8)


def main() -> None:
    """Reads the paths from the command line."""
    for path in sys.argv[1:]:
        try:
            labeler = LiteRTLabeler(path, 1)
            labels = labeler(PHOTO)
        except InputError as error:
            # More than one line makes more lines than files.
            print("refused", error, flush=True)
        else:
            assert labels.shape == PHOTO.shape[:2]
            assert labels.max() < len(labeler.class_names)
            print("labeled", flush=True)


if __name__ == "__main__":
    main()
