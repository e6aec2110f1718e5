r"""Trains a scene parser from scratch.

Stanford Background, fold 0 held out, the shipped model, 70.7 % of the pixels
of the fold right:

    python tools/train.py --preset=rcnn2 --dataset=stanford_background \
        --fold=0 --model_dir=runs/stanford --minutes=44

Generated scenes, no data needed, 96.4 % on two cores:

    python tools/train.py --preset=rcnn2 --dataset=synthetic \
        --model_dir=runs/synthetic --minutes=5

The same command goes on where a killed run was. `tensorboard --logdir=DIR`
shows the curves and some labelled validation photos.
"""

import json
import pathlib

import program
from absl import flags

FLAGS = flags.FLAGS
flags.DEFINE_string("preset", "rcnn2", "Network: plain, rcnn1 or rcnn2.")
flags.DEFINE_enum(
    "dataset",
    None,
    ["stanford_background", "sift_flow", "folder", "synthetic"],
    "What to train on.",
    required=True,
)
flags.DEFINE_string(
    "data_dir", None, "Prepared data sets, or the folder of --dataset=folder."
)
flags.DEFINE_integer("fold", 0, "Stanford fold held out for the score, 0-4.")
flags.DEFINE_integer(
    "longest_side", None, "Folder: scale photos down to this many pixels."
)
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

    from keras_rcnn import RecurrentCNN
    from keras_rcnn.datasets import load_dataset, split_off
    from keras_rcnn.training import (
        Budget,
        choose_precision,
        get_recipe,
        train,
    )

    budget = Budget(FLAGS.minutes, FLAGS.steps)
    recipe = get_recipe(FLAGS.recipe, FLAGS.preset)
    keras.utils.set_random_seed(FLAGS.seed)
    dataset = load_dataset(
        FLAGS.dataset,
        data_dir=FLAGS.data_dir,
        split="train",
        fold=FLAGS.fold,
        seed=FLAGS.seed,
        longest_side=FLAGS.longest_side,
    )
    training, validation = split_off(
        dataset, FLAGS.validation_fraction, seed=FLAGS.seed
    )
    precision = choose_precision(FLAGS.precision)
    model = RecurrentCNN.from_preset(
        FLAGS.preset,
        dataset.num_classes,
        dataset.class_names,
        dataset.palette,
        dtype=precision,
    )
    model_dir = pathlib.Path(FLAGS.model_dir)
    remember_settings(model_dir)
    print(
        f"{FLAGS.preset}, {model.count_params()} weights, {precision}; "
        f"{training.num_examples} photos to train on, "
        f"{validation.num_examples} to choose by.",
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
    print(
        f"{model_dir / 'model.keras'}: {100 * score:.1f} % of the validation "
        f"pixels right, {int(budget.steps)} steps, "
        f"{float(budget.seconds) / 60:.1f} minutes."
    )
    program.write_report(
        FLAGS.report,
        {
            "validation_pixel_accuracy": score,
            "steps": int(budget.steps),
            "minutes": float(budget.seconds) / 60,
            "num_parameters": model.count_params(),
        },
    )


def remember_settings(model_dir: pathlib.Path) -> None:
    """Refuses to go on in a folder whose run had other settings."""
    from keras_rcnn.errors import InputError

    names = (
        "preset dataset fold recipe precision seed validation_fraction "
        "longest_side minutes steps"
    )
    settings = {name: FLAGS[name].value for name in names.split()}
    file = model_dir / "settings.json"
    model_dir.mkdir(parents=True, exist_ok=True)
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
