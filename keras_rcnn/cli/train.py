r"""Trains a scene parser from scratch.

Stanford Background, fold 0 held out, 79.2 % of its pixels right, in 54 minutes
on a core with AVX-512 and bfloat16:

    python tools/train.py --experiment=stanford_rcnn2_dense

Your own folder, README.md says how it is laid out:

    python tools/train.py --dataset=folder --data_dir=FOLDER \
        --model_dir=runs/own --minutes=60

Generated scenes, no data needed, 98.6 % on two cores:

    python tools/train.py --preset=rcnn2 --dataset=synthetic \
        --model_dir=runs/synthetic --minutes=5

The same command goes on where a killed run was. `tensorboard --logdir=DIR`
shows the curves and some labeled validation photos.
"""

import pathlib
import signal
from typing import TYPE_CHECKING

from absl import flags

from keras_rcnn.cli import other_networks, run_settings, runner, training_photos

if TYPE_CHECKING:
    import tensorflow as tf

    from keras_rcnn import RecurrentCNN
    from keras_rcnn.datasets import DataService, SceneDataset
    from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix
    from keras_rcnn.training import Budget
    from keras_rcnn.training.experiments import Experiment

FLAGS = flags.FLAGS
flags.DEFINE_string(
    "experiment", None, "Run of tools/experiments, instead of flags of its own."
)
flags.DEFINE_string("preset", "rcnn2", "Network: plain, rcnn1 or rcnn2.")
training_photos.define()
flags.DEFINE_enum(
    "split", "train", ["train", "all"], "Photos to train on; all leaves none."
)
flags.DEFINE_string("recipe", "dense", "How to train: dense or paper.")
flags.DEFINE_string(
    "start_from",
    None,
    "Model of the same preset and classes whose weights are the first ones.",
)
flags.DEFINE_integer(
    "batch_factor",
    1,
    "Multiplies the batches of the recipe, which all devices share.",
    lower_bound=1,
)
flags.DEFINE_enum(
    "strategy",
    "none",
    ["none", "mirrored", "multi_worker"],
    "Devices: one; all graphics cards, or processors, of this machine; those "
    "of all machines that TF_CONFIG names.",
)
flags.DEFINE_string(
    "model_dir", None, "Folder of the run; runs/EXPERIMENT for an experiment."
)
flags.DEFINE_float("minutes", None, "How long to train, or --steps.")
flags.DEFINE_integer("steps", None, "How many steps, or --minutes.")
flags.DEFINE_integer("steps_per_epoch", 200, "Steps between validations.")
flags.DEFINE_float(
    "validation_fraction",
    0.1,
    "Part of the photos held out to choose the weights by; 0 keeps the last.",
)
flags.DEFINE_enum(
    "precision",
    "auto",
    ["auto", "float32", "mixed_bfloat16"],
    "Arithmetic; auto takes bfloat16 where the processor has it.",
)
flags.DEFINE_string(
    "data_service",
    None,
    "Address of a dispatcher, see tools/data_worker.py, whose workers draw "
    "what is learned from.",
)
flags.DEFINE_integer("seed", 0, "Decides weights, crops and their order.")
flags.DEFINE_string("report", None, "JSON file for the figures.")
flags.register_multi_flags_validator(
    ["dataset", "experiment"],
    lambda values: sum(value is not None for value in values.values()) == 1,
    "give either --dataset or --experiment",
)
flags.register_multi_flags_validator(
    ["model_dir", "experiment"],
    lambda values: any(values.values()),
    "give --model_dir, the folder of the run",
)


def main() -> None:
    """Loads the data, trains, reports."""
    import keras
    import tensorflow as tf

    from keras_rcnn.training import Budget, is_chief, train
    from keras_rcnn.training.strategies import mean_of_replicas

    # It takes the graphs of several labelers for a mistake; they are meant.
    tf.get_logger().setLevel("ERROR")
    experiment = run_settings.chosen_experiment()
    strategy = find_strategy()
    chief = is_chief(strategy)
    budget = Budget(FLAGS.minutes, experiment.steps)
    data_service = find_data_service()
    keras.utils.set_random_seed(experiment.seed)
    model_dir = pathlib.Path(FLAGS.model_dir or f"runs/{FLAGS.experiment}")
    training, validation = training_photos.load(experiment, model_dir)
    with strategy.scope():
        model = fresh_model(experiment, training)
        if experiment.start_from:
            other_networks.load_initial_weights(
                experiment, model, training, model_dir
            )
    if chief:
        run_settings.remember(model_dir, experiment)
    announce(experiment, model, training, validation, strategy)
    train(
        model,
        experiment.recipe,
        training,
        validation,
        budget,
        model_dir,
        seed=experiment.seed,
        steps_per_epoch=FLAGS.steps_per_epoch,
        distillation_targets=other_networks.distillation_targets(
            experiment, model, training, model_dir
        ),
        data_service=data_service,
        strategy=strategy,
    )
    if chief:
        report(model_dir, budget, validate(model_dir, validation))
    # Whoever leaves early is taken for lost.
    mean_of_replicas(strategy, 0.0)


def find_strategy() -> "tf.distribute.Strategy":
    """The one that --strategy names, once all workers are there."""
    from keras_rcnn.training import create_strategy

    if FLAGS.strategy != "multi_worker":
        return create_strategy(FLAGS.strategy)
    print("Waiting for all workers that TF_CONFIG names.", flush=True)
    end_at_once()
    with runner.quiet_libraries():
        return create_strategy(FLAGS.strategy)


def end_at_once() -> None:
    """Has Ctrl-C end the program while TensorFlow waits for others.

    Python would not see it before that.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def find_data_service() -> "DataService | None":
    """The one that --data_service names."""
    from keras_rcnn.datasets import DataService

    if FLAGS.data_service is None:
        return None
    service = DataService(FLAGS.data_service)
    end_at_once()
    return service


def announce(
    experiment: "Experiment",
    model: "RecurrentCNN",
    training: "SceneDataset",
    validation: "SceneDataset | None",
    strategy: "tf.distribute.Strategy",
) -> None:
    """Says what is about to be trained."""
    to_choose_by = validation.num_examples if validation else 0
    replicas = strategy.num_replicas_in_sync
    share = f"; {replicas} replicas share each batch" if replicas > 1 else ""
    print(
        f"{experiment.preset}, {model.count_params()} weights, "
        f"{model.dtype_policy.name}; {training.num_examples} photos to train "
        f"on, {to_choose_by} to choose by{share}.",
        flush=True,
    )


def fresh_model(
    experiment: "Experiment", dataset: "SceneDataset"
) -> "RecurrentCNN":
    """The network of an experiment, for the classes of a data set."""
    from keras_rcnn import RecurrentCNN
    from keras_rcnn.layers.precision import choose_precision

    return RecurrentCNN.from_preset(
        experiment.preset,
        dataset.num_classes,
        dataset.class_names,
        dataset.palette,
        initializer=experiment.recipe.initializer,
        normalization=experiment.recipe.normalization,
        feedback=experiment.recipe.feedback,
        dtype=choose_precision(FLAGS.precision),
    )


def validate(
    model_dir: pathlib.Path, validation: "SceneDataset | None"
) -> "ConfusionMatrix | None":
    """How the weights kept label the photos that they were chosen by."""
    import tqdm

    from keras_rcnn import SceneLabeler, load_model
    from keras_rcnn.metrics.confusion_matrix import ConfusionMatrix

    if validation is None:
        return None
    model = load_model(model_dir)
    # As coarse as it was chosen, and as fast.
    stride = model.geometry.output_stride(model.num_instances)
    labeler = SceneLabeler(model, output_resolution=stride)
    matrix = ConfusionMatrix(validation.num_classes)
    for example in tqdm.tqdm(
        validation.examples.as_numpy_iterator(),
        "Validating",
        validation.num_examples,
        unit="photo",
        leave=False,
    ):
        matrix.update(example["label"], labeler(example["image"][None])[0])
    return matrix


def report(
    model_dir: pathlib.Path,
    budget: "Budget",
    matrix: "ConfusionMatrix | None",
) -> None:
    """Says what the run has come to."""
    from keras_rcnn import load_model

    figures = {
        "steps": int(budget.steps),
        "minutes": float(budget.seconds) / 60,
        # Of the network that was kept, which has no normalizations.
        "num_parameters": load_model(model_dir).count_params(),
    }
    summary = "{steps} steps, {minutes:.1f} minutes.".format_map(figures)
    if matrix and matrix.num_pixels:
        figures["validation_pixel_accuracy"] = matrix.pixel_accuracy
        figures["validation_class_accuracy"] = matrix.class_accuracy
        summary = (
            f"{100 * matrix.pixel_accuracy:.1f} % of the validation pixels "
            f"right, {100 * matrix.class_accuracy:.1f} % by class, {summary}"
        )
    print(f"{model_dir / 'model.keras'}: {summary}")
    runner.write_report(FLAGS.report, figures)


if __name__ == "__main__":
    runner.run(main)
