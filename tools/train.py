r"""Trains a scene parser from scratch.

Stanford Background, fold 0 held out, the shipped model, 78.0 % of the pixels
of the fold right:

    python tools/train.py --preset=rcnn2 --dataset=stanford_background \
        --fold=0 --model_dir=runs/stanford --minutes=75

Generated scenes, no data needed, 98.6 % on two cores:

    python tools/train.py --preset=rcnn2 --dataset=synthetic \
        --model_dir=runs/synthetic --minutes=5

The same command goes on where a killed run was. `tensorboard --logdir=DIR`
shows the curves and some labelled validation photos.
"""

import json
import pathlib
from typing import TYPE_CHECKING

import dataset_flags
import program
from absl import flags

if TYPE_CHECKING:
    from keras_rcnn import RecurrentCNN
    from keras_rcnn.datasets import SceneDataset
    from keras_rcnn.training import Budget

FLAGS = flags.FLAGS
flags.DEFINE_string("preset", "rcnn2", "Network: plain, rcnn1 or rcnn2.")
dataset_flags.define()
flags.DEFINE_string("recipe", "dense", "How to train: dense or paper.")
flags.DEFINE_string("model_dir", None, "Folder of the run.", required=True)
flags.DEFINE_float("minutes", None, "How long to train, or --steps.")
flags.DEFINE_integer("steps", None, "How many steps, or --minutes.")
flags.DEFINE_integer("steps_per_epoch", 200, "Steps between validations.")
flags.DEFINE_float(
    "validation_fraction", 0.1, "Part of the photos held out to choose by."
)
flags.DEFINE_enum(
    "precision",
    "auto",
    ["auto", "float32", "mixed_bfloat16"],
    "Arithmetic; auto takes bfloat16 where the processor has it.",
)
flags.DEFINE_integer("seed", 0, "Decides weights, crops and their order.")
flags.DEFINE_string("report", None, "JSON file for the figures.")


def main() -> None:
    """Loads the data, trains, reports."""
    import keras
    import tensorflow as tf

    from keras_rcnn.datasets import split_off
    from keras_rcnn.training import Budget, get_recipe, train

    # It takes the graphs of several labelers for a mistake; they are meant.
    tf.get_logger().setLevel("ERROR")
    budget = Budget(FLAGS.minutes, FLAGS.steps)
    recipe = get_recipe(FLAGS.recipe, FLAGS.preset)
    keras.utils.set_random_seed(FLAGS.seed)
    dataset = dataset_flags.load_dataset("train", FLAGS.seed)
    training, validation = split_off(
        dataset, FLAGS.validation_fraction, seed=FLAGS.seed
    )
    model = fresh_model(dataset)
    model_dir = pathlib.Path(FLAGS.model_dir)
    remember_settings(model_dir)
    print(
        f"{FLAGS.preset}, {model.count_params()} weights, "
        f"{model.dtype_policy.name}; {training.num_examples} photos to train "
        f"on, {validation.num_examples} to choose by.",
        flush=True,
    )
    score = train(
        model,
        recipe,
        training,
        validation,
        budget,
        model_dir,
        seed=FLAGS.seed,
        steps_per_epoch=FLAGS.steps_per_epoch,
    )
    report(model, budget, score)


def fresh_model(dataset: "SceneDataset") -> "RecurrentCNN":
    """The network that the flags ask for, for the classes of a data set."""
    from keras_rcnn import RecurrentCNN
    from keras_rcnn.precision import choose_precision

    return RecurrentCNN.from_preset(
        FLAGS.preset,
        dataset.num_classes,
        dataset.class_names,
        dataset.palette,
        dtype=choose_precision(FLAGS.precision),
    )


def report(model: "RecurrentCNN", budget: "Budget", score: float) -> None:
    """Says what the run has come to."""
    steps, minutes = int(budget.steps), float(budget.seconds) / 60
    print(
        f"{pathlib.Path(FLAGS.model_dir) / 'model.keras'}: {100 * score:.1f} % "
        f"of the validation pixels right, {steps} steps, {minutes:.1f} minutes."
    )
    program.write_report(
        FLAGS.report,
        {
            "validation_pixel_accuracy": score,
            "steps": steps,
            "minutes": minutes,
            "num_parameters": model.count_params(),
        },
    )


def remember_settings(model_dir: pathlib.Path) -> None:
    """Refuses to go on in a folder whose run had other settings."""
    from keras_rcnn.errors import InputError
    from keras_rcnn.files import make_folder

    names = (
        "preset dataset fold recipe precision seed validation_fraction "
        "longest_side minutes steps"
    )
    settings = {name: FLAGS[name].value for name in names.split()}
    file = model_dir / "settings.json"
    make_folder(model_dir)
    if file.exists():
        earlier = json.loads(file.read_text())
        changed = [name for name in settings if settings[name] != earlier[name]]
        if changed:
            raise InputError(
                f"--model_dir={model_dir} holds a run with other settings of "
                f"--{', --'.join(changed)}: choose another folder or delete it."
            )
    program.write_report(file, settings)


if __name__ == "__main__":
    program.run(main)
