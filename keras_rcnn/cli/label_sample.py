"""Labels a photo with a network that ships and writes pictures; seconds.

    python tools/label_sample.py

The photo is `china.jpg` of scikit-learn, by danielbuechele on Flickr,
CC BY 2.0. The picture shows it beside the labels of instances 1, 2 and 3.
"""

import keras_rcnn
from keras_rcnn.cli import flags
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.images import read_image, scale_down, write_png
from keras_rcnn.io.sample_photo import CREDIT, find_sample_photo

# The longest side of the photos that the network was trained on, in pixels.
LONGEST_SIDE = 320

FLAGS = flags.Flags()
FLAGS.add_string(
    "model", "pyramid_stanford_background", "Name, folder or .keras file."
)
FLAGS.add_string("output_dir", "demo", "Where to write.")


def main() -> None:
    """Labels the photo by one, two, three ... instances."""
    photo = scale_down(read_image(find_sample_photo()), LONGEST_SIDE)
    model = keras_rcnn.load_model(FLAGS.model)
    labels = [
        keras_rcnn.SceneLabeler(model, num_instances=instances)(photo[None])[0]
        for instances in range(1, model.num_instances + 1)
    ]
    folder = make_folder(FLAGS.output_dir)
    reports = keras_rcnn.reports
    classes = (model.class_names, model.palette)
    overlay = reports.overlay_with_legend(photo, labels[-1], *classes)
    write_png(folder / "overlay.png", overlay)
    strip = reports.instances_strip(photo, labels, *classes, credit=CREDIT)
    write_png(folder / "instances.png", strip)
    print(f"A photo by danielbuechele (CC BY 2.0), labeled by {FLAGS.model}:")
    print(f"  {folder / 'overlay.png'}")
    print(f"  {folder / 'instances.png'}")
