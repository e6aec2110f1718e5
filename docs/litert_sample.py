"""Labels a photo by a LiteRT file, with NumPy, Pillow and LiteRT alone.

    python litert_sample.py weights.tflite street.jpg labels.png

This is all that an app has to do: scale the photo to the size that the file
takes, run it, show the labels in the colours that the file brings along.
"""

import sys
import zipfile

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from PIL import Image


def main(model, photo, picture):
    """Writes a picture of the labels and prints the share of each class."""
    interpreter = Interpreter(model, num_threads=2)
    interpreter.allocate_tensors()
    (takes,) = interpreter.get_input_details()
    (gives,) = interpreter.get_output_details()
    _, height, width, _ = takes["shape"]
    pixels = Image.open(photo).convert("RGB").resize((width, height))
    interpreter.set_tensor(takes["index"], np.asarray(pixels)[np.newaxis])
    interpreter.invoke()
    labels = interpreter.get_tensor(gives["index"])[0]
    # A line is a name and its colour: sky #87ceeb. The file is a ZIP archive,
    # too.
    with zipfile.ZipFile(model) as archive:
        lines = archive.read("classes.txt").decode().splitlines()
    for label, line in enumerate(lines):
        name, _ = line.rsplit(" #", 1)
        print(f"{name}: {100 * np.mean(labels == label):.1f} %")
    colours = Image.fromarray(labels).convert("P")
    colours.putpalette(
        b"".join(bytes.fromhex(line.rsplit(" #", 1)[1]) for line in lines)
    )
    colours.save(picture)


if __name__ == "__main__":
    main(*sys.argv[1:])
