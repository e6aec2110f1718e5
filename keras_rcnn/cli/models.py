"""Lists the trained networks that come with the package.

Each name can be given as --model to other commands and as argument to
`keras_rcnn.load_model`. The scores are the percentage of the pixels that are
right, and the mean of this percentage over the classes; the model card of a
network says on which photos.
"""

import json
import pathlib
import re
import textwrap
import zipfile

from keras_rcnn.cli import flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import require_tensorflow

FLAGS = flags.Flags()
NEEDS_TENSORFLOW = False
zoo = LazyModule("keras_rcnn.models.zoo")
# Instances, resolution, pixel accuracy and class accuracy in a model card.
_SCORES = re.compile(
    r"^\| \d+ \| 1/\d+ \| ([\d.]+) \| ([\d.]+) \|", re.MULTILINE
)


def main() -> None:
    """Prints a paragraph for each network."""
    names = zoo.shipped_networks()
    if not names:
        require_tensorflow("A network that comes with the package")
    for name in names:
        print(describe(name, zoo.shipped_file(name)))


def describe(name: str, file: pathlib.Path) -> str:
    """Size, scores and classes of a network.

    Args:
        name: of the network.
        file: its `.keras` file, beside its model card.
    """
    class_names = read_class_names(file)
    card = file.with_name("README.md").read_text()
    # The last row has the scores of all instances.
    pixels, classes = _SCORES.findall(card)[-1]
    listed = textwrap.fill(
        f"{len(class_names)} classes: {', '.join(class_names)}",
        initial_indent="    ",
        subsequent_indent="    ",
    )
    return (
        f"{name}: {file.stat().st_size / 1024:.0f} KB, {pixels} % of the "
        f"pixels right, {classes} % by class\n{listed}"
    )


def read_class_names(file: pathlib.Path) -> list[str]:
    """The classes of a `.keras` file, which is not loaded."""
    with zipfile.ZipFile(file) as archive:
        config = json.loads(archive.read("config.json"))
    names: list[str] = config["config"]["class_names"]
    return names
