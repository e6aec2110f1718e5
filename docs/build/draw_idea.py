r"""Draws the pictures of docs/idea.md; a few seconds.

    python tools/draw_idea.py

The photo is `china.jpg` of scikit-learn, by danielbuechele on Flickr,
CC BY 2.0. Sizes are those of the preset `rcnn2`.
"""

import pathlib
from typing import TYPE_CHECKING

from keras_rcnn.cli import runner
from absl import flags
from keras_rcnn.io.sample_photo import find_sample_photo

if TYPE_CHECKING:
    from matplotlib.figure import Figure

FLAGS = flags.FLAGS
CHECKOUT = pathlib.Path(__file__).resolve().parent.parent

flags.DEFINE_string(
    "output_dir", str(CHECKOUT / "docs" / "pictures"), "Where to write."
)


def main() -> None:
    """Draws all three."""
    from docs.build.illustrations.fragments import draw_fragments
    from docs.build.illustrations.receptive_fields import draw_receptive_fields
    from docs.build.illustrations.shift_and_stitch import draw_shift_and_stitch

    from keras_rcnn.io.files import make_folder
    from keras_rcnn.io.images import read_image, scale_down

    photo = scale_down(read_image(find_sample_photo()), 320)
    folder = make_folder(FLAGS.output_dir)
    save(draw_receptive_fields(photo), folder / "idea_receptive_fields.png")
    save(draw_shift_and_stitch(), folder / "idea_shift_and_stitch.svg")
    save(draw_fragments(), folder / "idea_fragments.svg")


def save(figure: "Figure", file: pathlib.Path) -> None:
    """Writes a figure, the same bytes each time, and says where."""
    import io

    import matplotlib

    from keras_rcnn.io.files import write_file

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
    runner.run(main)
