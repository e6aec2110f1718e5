"""Sampling as a service: real processes, killed and started again.

The oracle is the pipeline without a service: the same batches, to the bit.
"""

import contextlib

import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.datasets import (
    DataService,
    numbered_batches,
    sample_crops,
    sample_patches,
)
from keras_rcnn.datasets.label_grids import CenterGrids
from keras_rcnn.errors import InputError
from keras_rcnn.layers.geometry import StackGeometry
from tests.helpers.data_worker_process import dispatcher, worker

pytestmark = pytest.mark.slow
GEOMETRY = StackGeometry(((4, 1), (2, 2), (2, 1)))
NUM_PHOTOS = 12


@pytest.fixture(scope="module")
def examples():
    """Photos of different sizes; the label of all pixels is the number."""
    rng = np.random.default_rng(0)
    photos = []
    for number in range(NUM_PHOTOS):
        size = rng.integers(20, 40, 2)
        image = rng.integers(0, 256, (*size, 3), np.uint8)
        label = np.full(size, number, np.uint8)
        label[0] = 255
        photos.append({"image": image, "label": label, "name": str(number)})
    photos.insert(
        3, photos[0] | {"label": np.full_like(photos[0]["label"], 255)}
    )
    # Calls Python, which no worker could.
    return tf.data.Dataset.from_generator(
        lambda: iter(photos),
        output_signature={
            "image": tf.TensorSpec((None, None, 3), tf.uint8),
            "label": tf.TensorSpec((None, None), tf.uint8),
            "name": tf.TensorSpec((), tf.string),
        },
    )


@pytest.fixture(scope="module")
def service():
    """Address of a dispatcher with two workers."""
    with contextlib.ExitStack() as programs:
        first = programs.enter_context(dispatcher())
        for _ in range(2):
            programs.enter_context(worker(first.address))
        first.wait_for("Workers that have come: 2")
        yield first.address


def crops(examples, **choices):
    return sample_crops(
        examples,
        CenterGrids(GEOMETRY),
        2,
        3,
        4,
        scale_range=(0.8, 1.25),
        flip=True,
        color_jitter=0.2,
        cutout=0.5,
        seed=3,
        **choices,
    )


def patches(examples, **choices):
    return sample_patches(
        examples, GEOMETRY, 2, 4, one_instance_at_random=True, seed=3, **choices
    )


def take(batches, count):
    return list(batches.take(count).as_numpy_iterator())


def assert_equal(ours, theirs):
    assert len(ours) == len(theirs)
    tf.nest.map_structure(np.testing.assert_array_equal, ours, theirs)


def numbers_of_photos(batches):
    """Each patch tells its photo by its one label that counts."""
    return np.concatenate(
        [
            (targets["instance_1"] * weights["instance_1"]).sum(axis=(1, 2))
            for _, targets, weights in batches
        ]
    )


def test_every_photo_is_seen_once_an_epoch(examples, service):
    # Nothing that a worker leaves out would be drawn here.
    data_service = DataService(service, look_ahead=10**6)
    batches = take(
        sample_patches(
            examples, GEOMETRY, 2, 4, seed=3, data_service=data_service
        ),
        15,
    )
    seen = numbers_of_photos(batches).reshape(5, NUM_PHOTOS)
    for epoch in seen:
        np.testing.assert_array_equal(np.sort(epoch), np.arange(NUM_PHOTOS))
    assert len(np.unique(seen, axis=0)) == 5
    # And other pixels each time.
    windows = np.concatenate([images for images, *_ in batches])
    assert len(np.unique(windows.reshape(len(windows), -1), axis=0)) == 60


@pytest.mark.parametrize("sample", [crops, patches])
def test_batches_are_those_of_the_pipeline_here(examples, service, sample):
    data_service = DataService(service)
    ours = take(sample(examples, start=2, data_service=data_service), 20)
    assert_equal(ours, take(sample(examples, start=2), 20))


@pytest.mark.parametrize("sample", [crops, patches])
def test_trainers_share_batches(examples, service, sample):
    """Each gets its part of every batch, together all of it."""
    data_service = DataService(service)
    for index in range(2):
        context = tf.distribute.InputContext(2, index, 2)
        ours = take(
            sample(
                examples, start=1, context=context, data_service=data_service
            ),
            10,
        )
        assert_equal(ours, take(sample(examples, start=1, context=context), 10))


def test_jobs_follow_each_other(examples, service, monkeypatch):
    monkeypatch.setattr("keras_rcnn.datasets.data_service.BATCHES_A_JOB", 6)
    data_service = DataService(service)
    ours = take(patches(examples, data_service=data_service), 20)
    assert_equal(ours, take(patches(examples), 20))


@pytest.mark.long
def test_a_worker_killed_costs_no_batch(examples):
    with contextlib.ExitStack() as programs:
        first = programs.enter_context(dispatcher())
        workers = [
            programs.enter_context(worker(first.address)) for _ in range(2)
        ]
        first.wait_for("Workers that have come: 2")
        data_service = DataService(first.address, look_ahead=16)
        iterator = iter(patches(examples, data_service=data_service))
        ours = [next(iterator) for _ in range(10)]
        workers[0].kill()
        ours += [next(iterator) for _ in range(40)]
        # Both are dead until another one comes.
        workers[1].kill()
        programs.enter_context(worker(first.address))
        ours += [next(iterator) for _ in range(50)]
        del iterator
    ours = tf.nest.map_structure(np.asarray, ours)
    assert_equal(ours, take(patches(examples), 100))


@pytest.mark.long
@pytest.mark.parametrize("journal", [True, False])
def test_a_dispatcher_killed_costs_no_batch(examples, tmp_path, journal):
    flags = [f"--work_dir={tmp_path / 'work'}"] if journal else []
    with contextlib.ExitStack() as programs:
        first = programs.enter_context(dispatcher(*flags))
        programs.enter_context(worker(first.address))
        data_service = DataService(first.address, look_ahead=16)
        iterator = iter(crops(examples, data_service=data_service))
        ours = [next(iterator) for _ in range(10)]
        first.kill()
        port = first.address.split(":")[1]
        programs.enter_context(dispatcher(f"--port={port}", *flags))
        ours += [next(iterator) for _ in range(90)]
        del iterator
    ours = tf.nest.map_structure(np.asarray, ours)
    assert_equal(ours, take(crops(examples), 100))


class ForgetfulDataService(DataService):
    """One whose first jobs are lost before their first batch."""

    lost_jobs = 2

    def _job(self, batches, first):
        self.lost_jobs -= 1
        if self.lost_jobs >= 0:
            raise tf.errors.NotFoundError(None, None, "Iteration not found")
        yield from super()._job(batches, first)


@pytest.mark.parametrize("most", [1, 2])
def test_jobs_lost_from_the_start(examples, service, monkeypatch, most):
    monkeypatch.setattr("keras_rcnn.datasets.data_service.FRUITLESS_JOBS", most)
    iterator = iter(crops(examples, data_service=ForgetfulDataService(service)))
    if most < ForgetfulDataService.lost_jobs:
        with pytest.raises(tf.errors.UnknownError, match="not found"):
            next(iterator)
    else:
        ours = [tf.nest.map_structure(np.asarray, next(iterator))]
        assert_equal(ours, take(crops(examples), 1))


def test_more_photos_than_can_be_sent(examples, service, monkeypatch):
    monkeypatch.setattr(numbered_batches, "MAX_BYTES", 10**4)
    with pytest.raises(InputError, match="leave some out"):
        crops(examples, data_service=DataService(service))
