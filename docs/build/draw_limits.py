"""Draws the pictures of docs/limits.md: photos and the labels of a model.

    python -m docs.build.draw_limits

Photos: `china.jpg` by danielbuechele and `flower.jpg` by vultilion (Flickr, CC
BY 2.0, both come with scikit-learn), the portrait of Grace Hopper by the US
Navy (public domain, comes with Matplotlib), a scene of `--dataset=synthetic`,
and altered versions of the first.
"""

import io
import sys

import numpy as np
from matplotlib import cbook
from PIL import Image

import keras_rcnn
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.io.files import make_folder, write_file
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.sample_photo import find_sample_photo

FLAGS = Flags()
FLAGS.add_string(
    "model",
    "saved_models/rcnn2_stanford_background",
    "Folder or .keras file of the model.",
)
FLAGS.add_string("output_dir", "docs/pictures", "Folder to write.")


def main() -> None:
    """Labels all photos and draws each beside its labels."""
    folder = make_folder(FLAGS.output_dir)
    model = keras_rcnn.load_model(FLAGS.model)
    labeler = keras_rcnn.SceneLabeler(model)
    for name, photo in photos().items():
        picture = draw(photo, labeler(photo[None])[0], model)
        content = io.BytesIO()
        Image.fromarray(picture).save(
            content, "JPEG", quality=88, subsampling=0
        )
        file = folder / f"limits_{name}.jpg"
        write_file(file, content.getvalue())
        print(file)


def photos() -> dict[str, np.ndarray]:
    """Photos by name, uint8 `(height, width, 3)`."""
    whole = read_image(find_sample_photo())
    photo = scale_down(whole, 320)
    flower = find_sample_photo().with_name("flower.jpg")
    portrait = cbook.get_sample_data("grace_hopper.jpg", asfileobj=False)
    # 120x160 pixels
    scene, _ = keras_rcnn.datasets.synthetic.draw_scene(
        np.random.default_rng(0)
    )
    return {
        "by_day": photo,
        "too_large": whole,
        "gray": gray(photo),
        "night": night(photo),
        "noise": noise(photo),
        "upside_down": photo[::-1],
        "close_up": scale_down(read_image(flower), 320),
        "portrait": scale_down(read_image(portrait), 240),
        "drawn": scene.repeat(2, 0).repeat(2, 1),
    }


def gray(photo: np.ndarray) -> np.ndarray:
    """The mean of the color channels."""
    mean = photo.mean(axis=-1, keepdims=True)
    return np.repeat(mean, 3, axis=-1).astype(np.uint8)


def night(photo: np.ndarray) -> np.ndarray:
    """Dark and bluish, with some noise, as from a camera at night."""
    light = 90 * (photo / 255) ** 2.2 * np.array((0.7, 0.8, 1.2))
    return _add_noise(light, 6)


def noise(photo: np.ndarray) -> np.ndarray:
    """Strong noise at each pixel."""
    return _add_noise(photo, 40)


def _add_noise(photo: np.ndarray, std: float) -> np.ndarray:
    rng = np.random.default_rng(0)
    noisy = photo + rng.normal(0, std, photo.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8)


def draw(
    photo: np.ndarray, labels: np.ndarray, model: "keras_rcnn.RecurrentCNN"
) -> np.ndarray:
    """A photo beside its labels and the fraction of each class."""
    reports = keras_rcnn.reports
    names, palette = model.class_names, model.palette
    return reports.side_by_side(
        [
            photo,
            reports.label_colors(labels, palette),
            # The page scales all pictures to one width, so that the text of a
            # large photo has to be larger.
            reports.legend(
                labels, names, palette, text_height=photo.shape[1] // 20
            ),
        ]
    )


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
