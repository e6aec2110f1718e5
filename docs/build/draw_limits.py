r"""Draws the pictures of docs/limits.md: photos and what a model makes of them.

    python tools/draw_limits.py

Photos: `china.jpg` by danielbuechele and `flower.jpg` by vultilion (Flickr, CC
BY 2.0, both come with scikit-learn), the portrait of Grace Hopper by the US
Navy (public domain, comes with Matplotlib), a scene of `--dataset=synthetic`,
and altered versions of the first.
"""

import pathlib
from typing import TYPE_CHECKING

from keras_rcnn.cli import runner
from absl import flags
from keras_rcnn.io.sample_photo import find_sample_photo

if TYPE_CHECKING:
    import numpy as np

    from keras_rcnn import RecurrentCNN

FLAGS = flags.FLAGS
CHECKOUT = pathlib.Path(__file__).resolve().parent.parent

flags.DEFINE_string(
    "model",
    str(CHECKOUT / "saved_models" / "rcnn2_stanford_background"),
    "Folder or .keras file of the model.",
)
flags.DEFINE_string(
    "output_dir", str(CHECKOUT / "docs" / "pictures"), "Where to write."
)


def main() -> None:
    """Labels all of them, each beside its labels."""
    from keras_rcnn import SceneLabeler, load_model
    from keras_rcnn.io.files import make_folder

    folder = make_folder(FLAGS.output_dir)
    model = load_model(FLAGS.model)
    labeler = SceneLabeler(model)
    for name, photo in photos().items():
        file = folder / f"limits_{name}.jpg"
        draw(photo, labeler(photo[None])[0], model, file)
        print(file)


def photos() -> "dict[str, np.ndarray]":
    """Photos by name, uint8 `(height, width, 3)`."""
    import numpy as np
    from docs.build.illustrations import alterations
    from matplotlib import cbook

    from keras_rcnn.datasets.synthetic import draw_scene
    from keras_rcnn.io.images import read_image, scale_down

    whole = read_image(find_sample_photo())
    photo = scale_down(whole, 320)
    portrait = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    scene, _ = draw_scene(np.random.default_rng(0))  # 120x160 pixels
    return {
        "by_day": photo,
        "too_large": whole,
        "gray": alterations.gray(photo),
        "night": alterations.night(photo),
        "noise": alterations.noise(photo),
        "upside_down": photo[::-1],
        "close_up": scale_down(
            read_image(find_sample_photo().with_name("flower.jpg")), 320
        ),
        "portrait": scale_down(read_image(portrait), 240),
        "drawn": scene.repeat(2, 0).repeat(2, 1),
    }


def draw(
    photo: "np.ndarray",
    labels: "np.ndarray",
    model: "RecurrentCNN",
    file: pathlib.Path,
) -> None:
    """Writes a photo beside its labels and their shares."""
    import io

    from PIL import Image

    from keras_rcnn.io.files import write_file
    from keras_rcnn.reports import (
        label_colors,
        legend,
        side_by_side,
    )

    names, palette = model.class_names, model.palette
    picture = side_by_side(
        [
            photo,
            label_colors(labels, palette),
            # As large beside a large photo, once all are as wide as a page.
            legend(labels, names, palette, text_height=photo.shape[1] // 20),
        ]
    )
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=88, subsampling=0)
    write_file(file, content.getvalue())


if __name__ == "__main__":
    runner.run(main)
