"""A LiteRT file as MediaPipe's image segmenter runs it."""

import numpy as np
import pytest
from PIL import Image
from sklearn.datasets import load_sample_image

import keras_rcnn
from keras_rcnn import SceneLabeler
from keras_rcnn.export import export_litert

pytest.importorskip("mediapipe")
import mediapipe
from mediapipe.tasks.python import BaseOptions, vision

pytestmark = pytest.mark.extras(name="mediapipe")
SIZE = (120, 160)


@pytest.mark.parametrize("family", ["rcnn2", "pyramid"])
def test_masks_are_our_labels(tmp_path, family):
    model = keras_rcnn.load_model(f"saved_models/{family}_stanford_background")
    photo = np.ascontiguousarray(
        Image.fromarray(load_sample_image("china.jpg")).resize(SIZE[::-1])
    )
    file = export_litert(
        model, tmp_path / "m.tflite", SIZE, 4, output="probabilities"
    )
    options = vision.ImageSegmenterOptions(
        base_options=BaseOptions(model_asset_path=str(file)),
        output_category_mask=True,
        output_confidence_masks=True,
    )
    with vision.ImageSegmenter.create_from_options(options) as segmenter:
        assert tuple(segmenter.labels) == model.class_names
        result = segmenter.segment(
            mediapipe.Image(image_format=mediapipe.ImageFormat.SRGB, data=photo)
        )
    labels, probabilities = SceneLabeler(model, output_resolution=4)(
        photo[np.newaxis], return_probabilities=True
    )
    assert len(np.unique(labels)) > 3
    mask = np.squeeze(result.category_mask.numpy_view())
    assert np.mean(mask == labels[0]) >= 0.9999
    for index, confidence in enumerate(result.confidence_masks):
        np.testing.assert_allclose(
            np.squeeze(confidence.numpy_view()),
            probabilities[0, ..., index],
            atol=1e-4,
        )
