"""A training run from its flags to the figures of its report."""

import pathlib
import signal
from typing import Any

import keras
import tensorflow as tf

from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.training import (
    auto,
    folds,
    logs,
    other_networks,
    photos,
    settings,
)
from keras_rcnn.datasets.data_service import DataService
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.evaluation import evaluate
from keras_rcnn.io import quiet
from keras_rcnn.labeling.scene_labeler import SceneLabeler
from keras_rcnn.metrics import ConfusionMatrix
from keras_rcnn.models import SceneParser, load_model
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.reports.labeled_photos import LabeledPhotos
from keras_rcnn.training import Budget, create_strategy, is_chief, train
from keras_rcnn.training.experiments import Experiment
from keras_rcnn.training.strategies import mean_of_replicas

_FEWEST_STEPS = 50


def run_training(flags: Flags) -> dict[str, Any] | None:
    """Trains a network.

    Args:
        flags: of `keras-rcnn train`.

    Returns:
        The figures of the run; None in a worker that is not the chief.
    """
    # It warns of retracing for each labeler, which is intended here.
    tf.get_logger().setLevel("ERROR")
    logs.check_extras(flags)
    experiment = settings.chosen_experiment(flags)
    devices = find_strategy(flags.strategy)
    # Refuses an impossible length before anything is read.
    Budget(flags.minutes, experiment.steps)
    folds.refuse_other_flags(flags)
    data_service = find_data_service(flags.data_service)
    model_dir = pathlib.Path(flags.model_dir or f"runs/{flags.experiment}")
    plan = auto.follow_plan(flags, model_dir)
    labeled = photos.load_labeled(flags, settings.chosen_experiment(flags))

    def train_into(
        folder: pathlib.Path, chosen: SceneDataset
    ) -> dict[str, Any] | None:
        if plan:
            plan.write(folder)
        return train_network(flags, chosen, folder, devices, data_service)

    if flags.folds:
        return folds.train_folds(flags, labeled, model_dir, train_into)
    return train_into(model_dir, labeled)


def train_network(
    flags: Flags,
    labeled: SceneDataset,
    model_dir: pathlib.Path,
    strategy: tf.distribute.Strategy,
    data_service: DataService | None,
) -> dict[str, Any] | None:
    """Trains a network on labeled photos, see `run_training`."""
    experiment = settings.chosen_experiment(flags)
    budget = Budget(flags.minutes, experiment.steps)
    keras.utils.set_random_seed(experiment.seed)
    training, validation = photos.select_photos(
        labeled, flags, experiment, model_dir
    )
    with strategy.scope():
        fresh = settings.fresh_model(experiment, training, flags)
        model = other_networks.with_initial_weights(
            flags, experiment, fresh, training, model_dir
        )
    built_on = flags, experiment, model, training, model_dir
    announce(experiment, model, training, validation, strategy)
    figures = None
    with logs.open_logs(
        flags, experiment, labeled, budget, model_dir
    ) as run_logs:
        pictures = validation and LabeledPhotos(validation, run_logs)
        train(
            model,
            experiment.recipe,
            training,
            validation,
            budget,
            model_dir,
            seed=experiment.seed,
            steps_per_epoch=flags.steps_per_epoch,
            distillation_targets=other_networks.distillation_targets(*built_on),
            data_service=data_service,
            strategy=strategy,
            callbacks=[pictures] if pictures else [],
            settings=settings.run_settings(experiment, flags, labeled),
            logs=run_logs,
        )
        if is_chief(strategy):
            matrix = validate(model_dir, validation)
            figures = summarize(model_dir, budget, matrix)
            for log in run_logs:
                log.finish(model_dir / MODEL_FILE, figures)
    # A worker that ended earlier would count as lost.
    mean_of_replicas(strategy, 0.0)
    return figures


def find_strategy(name: str) -> tf.distribute.Strategy:
    """The strategy that --strategy names, once all workers are there."""
    if name != "multi_worker":
        return create_strategy(name)
    print("Waiting for all workers that TF_CONFIG names.", flush=True)
    end_at_once()
    with quiet.quiet_libraries():
        return create_strategy(name)


def end_at_once() -> None:
    """Makes Ctrl-C end the program while TensorFlow waits for others.

    Python would handle it only after that.
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, signal.SIG_DFL)


def find_data_service(address: str | None) -> DataService | None:
    """The data service at the address that --data_service gives."""
    if address is None:
        return None
    service = DataService(address)
    end_at_once()
    return service


def announce(
    experiment: Experiment,
    model: SceneParser,
    training: SceneDataset,
    validation: SceneDataset | None,
    strategy: tf.distribute.Strategy,
) -> None:
    """Prints what is about to be trained."""
    num_validation = validation.num_examples if validation else 0
    replicas = strategy.num_replicas_in_sync
    shared = f"; {replicas} replicas share each batch" if replicas > 1 else ""
    print(
        f"{experiment.preset}, {model.count_params()} weights, "
        f"{model.dtype_policy.name}; {training.num_examples} photos to train "
        f"on, {num_validation} to choose by{shared}.",
        flush=True,
    )


def validate(
    model_dir: pathlib.Path, validation: SceneDataset | None
) -> ConfusionMatrix | None:
    """Scores the saved weights on the photos that they were chosen by."""
    if validation is None:
        return None
    model = load_model(model_dir)
    # The resolution at which the weights were chosen, which is the fastest.
    stride = model.geometry.output_stride(model.num_instances)
    labeler = SceneLabeler(model, output_resolution=stride)
    return evaluate(labeler, validation).matrix


def summarize(
    model_dir: pathlib.Path, budget: Budget, matrix: ConfusionMatrix | None
) -> dict[str, Any]:
    """Prints the result of the run and returns it for the report."""
    figures = {
        "steps": int(budget.steps),
        "minutes": float(budget.seconds) / 60,
        # Of the saved network, which has no normalizations.
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
    if budget.total_seconds and figures["steps"] < _FEWEST_STEPS:
        print(
            "So few steps teach a network next to nothing. Building its graph "
            "is part of --minutes: give more of them, and another --model_dir."
        )
    return figures
