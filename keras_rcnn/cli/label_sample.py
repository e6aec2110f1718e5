"""Labels a photo with the shipped model and writes a picture; seconds.

    python tools/label_sample.py

The photo is `china.jpg` of scikit-learn, by danielbuechele on Flickr,
CC BY 2.0. The picture shows it beside what instances 1, 2 and 3 see in it.
"""

import pathlib

from absl import flags

from keras_rcnn.cli import runner
from keras_rcnn.io.sample_photo import CREDIT, sample_photo

FLAGS = flags.FLAGS
CHECKOUT = pathlib.Path(__file__).resolve().parent.parent
# The photos that the model was trained on are that large.
LONGEST_SIDE = 320

flags.DEFINE_string(
    "model",
    str(CHECKOUT / "saved_models" / "rcnn2_stanford_background"),
    "Folder or .keras file of the model.",
)
flags.DEFINE_string("output_dir", str(CHECKOUT / "demo"), "Where to write.")


def main() -> None:
    """Labels the photo by one, two, three instances."""
    from keras_rcnn import SceneLabeler, load_model
    from keras_rcnn.io.files import make_folder
    from keras_rcnn.io.images import read_image, scale_down, write_png
    from keras_rcnn.reports import instances_strip, overlay_with_legend

    photo = scale_down(read_image(sample_photo()), LONGEST_SIDE)
    model = load_model(FLAGS.model)
    labels = [
        SceneLabeler(model, num_instances=instances)(photo[None])[0]
        for instances in range(1, model.num_instances + 1)
    ]
    folder = make_folder(FLAGS.output_dir)
    classes = (model.class_names, model.palette)
    overlay = overlay_with_legend(photo, labels[-1], *classes)
    write_png(folder / "overlay.png", overlay)
    strip = instances_strip(photo, labels, *classes, credit=CREDIT)
    write_png(folder / "instances.png", strip)
    print(f"A photo by danielbuechele (CC BY 2.0), labeled by {FLAGS.model}:")
    print(f"  {folder / 'overlay.png'}")
    print(f"  {folder / 'instances.png'}")


if __name__ == "__main__":
    runner.run(main)
