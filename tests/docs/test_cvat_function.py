"""docs/cvat_function.py, called as CVAT's client calls it."""

import importlib.util
import logging
import pathlib

import numpy as np
import pytest
from PIL import Image, ImageDraw

import keras_rcnn
from keras_rcnn.io.images import resize_labels, scale_down

FILE = pathlib.Path(__file__).parents[2] / "docs" / "cvat_function.py"

pytestmark = pytest.mark.extras(name="cvat")


@pytest.fixture(scope="module")
def model():
    network = keras_rcnn.RecurrentCNN.from_stages(
        "6x4p2", 3, 2, ("sky", "grass", "road")
    )
    return keras_rcnn.SceneLabeler(network)


@pytest.fixture
def function(model, monkeypatch):
    """The function that the file creates, with a small network."""
    monkeypatch.setattr(keras_rcnn, "load_labeler", lambda name: model)
    spec = importlib.util.spec_from_file_location("__cvat_function__", FILE)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.create(model="small", longest_side=40)


@pytest.mark.parametrize("polygons", [False, True])
def test_cvat_takes_what_the_function_finds(function, model, polygons):
    from cvat_sdk import models
    from cvat_sdk.auto_annotation import driver
    from cvat_sdk.masks import decode_mask

    rng = np.random.default_rng(0)
    blobs = rng.integers(0, 256, (8, 10, 3), np.uint8)
    photo = blobs.repeat(7, 0).repeat(6, 1)
    truth = resize_labels(model(scale_down(photo, 40)), *photo.shape[:2])
    task_labels = [
        models.Label(
            name=name,
            id=17 + number,
            attributes=[],
            sublabels=[],
            type="any",
        )
        for number, name in enumerate(model.class_names)
    ]
    mapper = driver._AnnotationMapper(
        logging.getLogger(),
        function.spec.labels,
        task_labels,
        allow_unmatched_labels=False,
        conv_mask_to_poly=polygons,
    )
    context = driver._DetectionFunctionContextImpl(
        frame_name="a.jpg", conv_mask_to_poly=polygons
    )

    found = function.detect(context, Image.fromarray(photo))
    _, shapes = mapper.validate_and_remap(found, 5)

    height, width = truth.shape
    drawn = np.full(truth.shape, 255)
    for shape in shapes:
        if polygons:
            # Corners of pixels: five steps a pixel meet every center.
            large = Image.new("1", (10 * width, 10 * height))
            points = [10 * place for place in shape.points]
            ImageDraw.Draw(large).polygon(points, fill=1)
            mask = np.asarray(large)[5::10, 5::10]
        else:
            mask = decode_mask(
                shape.points, image_width=width, image_height=height
            )
        assert (drawn[mask] == 255).all()
        drawn[mask] = shape.label_id - 17
    np.testing.assert_array_equal(drawn, truth)
    assert len(np.unique(truth)) > 1
