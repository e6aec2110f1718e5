"""Draws the pictures of docs/idea.md; a few seconds.

    python -m docs.build.draw_idea

The photo is `china.jpg` of scikit-learn, by danielbuechele on Flickr,
CC BY 2.0. The sizes are those of the preset `rcnn2`.
"""

import io
import pathlib
import sys

import matplotlib
from matplotlib.figure import Figure

from docs.build.illustrations.fragments import draw_fragments
from docs.build.illustrations.receptive_fields import draw_receptive_fields
from docs.build.illustrations.shift_and_stitch import draw_shift_and_stitch
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.io.files import make_folder, write_file
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.sample_photo import find_sample_photo

FLAGS = Flags()
FLAGS.add_string("output_dir", "docs/pictures", "Folder to write.")
NEEDS_TENSORFLOW = False


def main() -> None:
    """Draws all three."""
    photo = scale_down(read_image(find_sample_photo()), 320)
    folder = make_folder(FLAGS.output_dir)
    save(draw_receptive_fields(photo), folder / "idea_receptive_fields.png")
    save(draw_shift_and_stitch(), folder / "idea_shift_and_stitch.svg")
    save(draw_fragments(), folder / "idea_fragments.svg")


def save(figure: Figure, file: pathlib.Path) -> None:
    """Writes a figure, with the same bytes each time, and prints its path."""
    kind = file.suffix.removeprefix(".")
    content = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": file.stem}):
        figure.savefig(
            content,
            format=kind,
            dpi=160,
            metadata={"Date": None} if kind == "svg" else None,
        )
    write_file(file, content.getvalue())
    print(file)


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
