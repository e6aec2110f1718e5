"""All LiteRT files of one network."""

import functools
import pathlib
from collections.abc import Sequence

import numpy as np
import tqdm

from keras_rcnn.export.litert import convert, write_litert
from keras_rcnn.export.portable_labeling import PortableLabeling
from keras_rcnn.export.quantization import (
    QUANTIZATIONS,
    check_quantization,
)
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.quiet import quiet_libraries
from keras_rcnn.models import SceneParser

ANY_SIZE, MEDIAPIPE, PORTRAIT = "any_size", "mediapipe", "portrait"


def write_phone_set(
    model: SceneParser,
    folder: pathlib.Path,
    size: tuple[int, int],
    output_resolution: int,
    num_instances: int | None,
    photos: Sequence[np.ndarray],
    smoothing: int,
) -> dict[str, pathlib.Path]:
    """Writes a file of each quantization, and three for other uses.

    - `float32`, `float16`, `weights`, `dynamic`, `int8`: labels of photos of
      one size;
    - `any_size`: labels of photos of any size, in float32;
    - `mediapipe`: as `weights`, with probabilities for MediaPipe's
      `ImageSegmenter`;
    - `portrait`: as `weights`, with height and width exchanged.

    Args:
        model: trained network.
        folder: folder to write, with files such as `float32.tflite`.
        size: height and width of the photos.
        output_resolution: pixels from one computed label to the next.
        num_instances: number of instances; by default that of the model.
        photos: training photos of that size, for `int8`.
        smoothing: side of the square of pixels whose scores are averaged.

    Returns:
        The files by name.

    Raises:
        InputError: as `export_litert`.
    """
    check_quantization("int8", size, photos)
    make_folder(folder)

    @functools.cache
    def converted(
        size: tuple[int, int] | None, output: str
    ) -> tuple[PortableLabeling, bytes]:
        labeling = PortableLabeling(
            model, size, output_resolution, num_instances, output, smoothing
        )
        return labeling, convert(labeling)

    choices: dict[str, tuple[tuple[int, int] | None, str, str]] = {
        "float32" if quantize == "none" else quantize: (
            size,
            "labels",
            quantize,
        )
        for quantize in QUANTIZATIONS
    }
    choices[ANY_SIZE] = None, "labels", "none"
    choices[MEDIAPIPE] = size, "probabilities", "weights"
    choices[PORTRAIT] = size[::-1], "labels", "weights"
    files = {}
    for name, (of, output, quantize) in tqdm.tqdm(
        choices.items(), "LiteRT", unit="file"
    ):
        # Quantization runs the file, and LiteRT prints notices at its start.
        with quiet_libraries():
            files[name] = write_litert(
                *converted(of, output),
                folder / f"{name}.tflite",
                quantize,
                photos,
            )
    return files
