"""Labels a photo by a LiteRT file, with NumPy, Pillow and LiteRT alone.

    python litert_sample.py weights.tflite street.jpg colored.png

This is all that an app has to do: turn the photo upright, scale it to the size
that the file takes, run it, show the labels in the colors that the file
brings along.
"""

import sys
import zipfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image, ImageOps

LONGEST_SIDE = 320  # of the photos that the network was trained on


def main(model, photo, picture):
    """Writes a picture of the labels and prints the share of each class."""
    labels = label(Interpreter(model, num_threads=2), read(photo))
    # A line is a name and its color: sky #87ceeb. The file is a ZIP archive,
    # too.
    with zipfile.ZipFile(model) as archive:
        lines = archive.read("classes.txt").decode().splitlines()
    for index, line in enumerate(lines):
        name, _ = line.rsplit(" #", 1)
        print(f"{name}: {100 * np.mean(labels == index):.1f} %")
    colors = Image.fromarray(labels).convert("P")
    colors.putpalette(
        b"".join(bytes.fromhex(line.rsplit(" #", 1)[1]) for line in lines)
    )
    colors.save(picture)


def read(photo):
    """The photo as it is meant to be seen."""
    image = ImageOps.exif_transpose(Image.open(photo))
    if image.mode.startswith("I"):  # Gray of 16 bits, which Pillow cuts off.
        image = Image.fromarray((np.asarray(image) // 257).astype(np.uint8))
    return image.convert("RGB")


def label(interpreter, image):
    """Labels, uint8 `(height, width)`, by any of the files."""
    (takes,) = interpreter.get_input_details()
    (gives,) = interpreter.get_output_details()
    _, height, width, _ = takes["shape_signature"]
    if height == -1:  # any_size.tflite
        image.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
        shape = (1, image.height, image.width, 3)
        interpreter.resize_tensor_input(takes["index"], shape)
    else:
        image = image.resize((width, height))
    interpreter.allocate_tensors()
    interpreter.set_tensor(takes["index"], np.asarray(image)[np.newaxis])
    interpreter.invoke()
    labels = interpreter.get_tensor(gives["index"])[0]
    if labels.ndim == 3:  # mediapipe.tflite gives probabilities.
        labels = labels.argmax(axis=-1)
    return labels.astype(np.uint8)


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(f"usage: {sys.argv[0]} MODEL.tflite PHOTO PICTURE.png")
    try:
        main(*sys.argv[1:])
    except Exception as error:  # Each library has its own.
        sys.exit(f"error: {' '.join(str(error).split())}")
