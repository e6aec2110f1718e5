"""The training batches of a phase."""

from collections.abc import Callable
from typing import Any

import tensorflow as tf
from tensorflow.autograph.experimental import do_not_convert

from keras_rcnn.datasets.crops import sample_crops
from keras_rcnn.datasets.data_service import DataService
from keras_rcnn.datasets.patches import sample_patches
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.errors import InputError
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.training.recipes import Phase, Recipe

# Maps images, label grids and their weights to others.
Targets = Callable[..., tuple[Any, Any, Any]]


def sample_batches(
    dataset: SceneDataset,
    model: SceneParser,
    recipe: Recipe,
    phase: Phase,
    seed: int,
    start: int,
    distillation_targets: Targets | None = None,
    context: tf.distribute.InputContext | None = None,
    data_service: DataService | None = None,
) -> tf.data.Dataset:
    """Endless batches of a phase: images, label grids and their weights.

    Args:
        dataset: labeled photos to sample from.
        model: says what its instances learn.
        recipe: of the run.
        phase: one of the recipe.
        seed: of every draw.
        start: batches to skip, for a run that continues.
        distillation_targets: function that changes the targets of a batch.
        context: part of each batch to return, see `sample_windows`.
        data_service: draws the same batches in other processes.
    """
    arguments = {
        "examples": dataset.examples,
        "num_instances": phase.num_instances,
        "batch_size": phase.batch_size,
        "seed": seed,
        "start": start,
        "context": context,
        "data_service": data_service,
    }
    if phase.grid_size:
        batches = sample_crops(
            grids=model.label_grids,
            grid_size=phase.grid_size,
            scale_range=recipe.scale_range,
            flip=recipe.flip,
            color_jitter=recipe.color_jitter,
            brightness_jitter=recipe.brightness_jitter,
            cutout=recipe.cutout,
            **arguments,
        )
    else:
        batches = sample_patches(
            geometry=model.geometry,
            one_instance_at_random=phase.one_instance_at_random,
            **arguments,
        )
    if distillation_targets:
        batches = batches.map(do_not_convert(distillation_targets)).prefetch(
            tf.data.AUTOTUNE
        )
    return batches


def check_batches(recipe: Recipe, strategy: tf.distribute.Strategy) -> None:
    """Checks that the replicas can share the batches of a recipe.

    Raises:
        InputError: if they cannot.
    """
    count = strategy.num_replicas_in_sync
    if recipe.normalization and count > 1:
        raise InputError(
            f"{count} replicas cannot share the statistics of normalized "
            "batches: train on one device, or without normalization."
        )
    for phase in recipe.phases:
        if phase.batch_size % count:
            raise InputError(
                f"{count} replicas cannot share batches of {phase.batch_size} "
                "evenly: choose another number of devices, or "
                "`recipe.with_larger_batches`."
            )
