r"""Writes a trained network as a SavedModel; seconds.

    python tools/export.py --model_dir=runs/stanford \
        --saved_model=saved_models/rcnn2_stanford_background

The SavedModel takes uint8 photos of any size, `(batch, height, width, 3)`,
and gives their `labels` and `probabilities`; to load and run it takes
TensorFlow alone. The `model.keras` beside it is the network for Python.
"""

import pathlib

import labeling_flags
import program
from absl import flags

FLAGS = flags.FLAGS
# The machine that runs it need not be like the one that writes it.
labeling_flags.define_choices(precision="float32")
flags.DEFINE_string(
    "model_dir", None, "Folder of a run, or a .keras file.", required=True
)
flags.DEFINE_string("report", None, "JSON file for the figures.")
flags.DEFINE_string("saved_model", None, "Folder to write.", required=True)


def main() -> None:
    """Loads the network and exports it."""
    from keras_rcnn import SceneLabeler, load_model
    from keras_rcnn.export import export_saved_model

    labeler = SceneLabeler(
        load_model(FLAGS.model_dir), **labeling_flags.choices()
    )
    folder = export_saved_model(labeler, FLAGS.saved_model)
    size = sum(
        file.stat().st_size
        for file in pathlib.Path(folder).rglob("*")
        if file.is_file()
    )
    print(
        f"{folder}: {labeler.num_instances} instance(s), 1 label for each "
        f"{labeler.output_resolution}x{labeler.output_resolution} pixels, "
        f"{size / 1024:.0f} KB."
    )
    program.write_report(
        FLAGS.report,
        {
            "num_instances": labeler.num_instances,
            "output_resolution": labeler.output_resolution,
            "bytes": size,
        },
    )


if __name__ == "__main__":
    program.run(main)
