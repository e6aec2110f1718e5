"""Draws the pictures of docs/idea.md; a few seconds.

    python -m docs.build.draw_idea

The photo is `china.jpg` of scikit-learn, by danielbuechele on Flickr,
CC BY 2.0. The sizes are those of the preset `rcnn2`.
"""

import sys

from benchmarks.report import write_figure
from docs.build.illustrations.fragments import draw_fragments
from docs.build.illustrations.receptive_fields import draw_receptive_fields
from docs.build.illustrations.shift_and_stitch import draw_shift_and_stitch
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.sample_photo import find_sample_photo

FLAGS = Flags()
FLAGS.add_string("output_dir", "docs/pictures", "Folder to write.")
NEEDS_TENSORFLOW = False


def main() -> None:
    """Draws all three."""
    photo = scale_down(read_image(find_sample_photo()), 320)
    folder = make_folder(FLAGS.output_dir)
    for name, figure in {
        "receptive_fields.png": draw_receptive_fields(photo),
        "shift_and_stitch.svg": draw_shift_and_stitch(),
        "fragments.svg": draw_fragments(),
    }.items():
        file = folder / f"idea_{name}"
        write_figure(file, figure, dpi=160)
        print(file)


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
