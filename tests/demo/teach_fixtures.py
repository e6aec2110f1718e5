"""A folder to paint on, and its page."""

import numpy as np
import pytest
from PIL import Image

from tests.helpers.run_command import ROOT

BLUE, GRAY = (60, 90, 200), (110, 110, 110)


@pytest.fixture
def taught(tmp_path):
    """Photos whose upper half is blue and whose lower half is gray."""
    images = tmp_path / "my photos" / "images"
    images.mkdir(parents=True)
    rng = np.random.default_rng(0)
    for number in range(3):
        halves = np.repeat([BLUE, GRAY], 32, axis=0)[:, None]
        noise = rng.integers(-20, 20, (64, 96, 3))
        pixels = (halves + noise).astype(np.uint8)
        Image.fromarray(pixels).save(images / f"scene {number}.png")
    return images.parent


@pytest.fixture
def views(taught, monkeypatch):
    """Views of a project in that folder."""
    pytest.importorskip("fastapi")
    from keras_rcnn.demo.teach_views import TeachViews
    from keras_rcnn.teaching.project import Project
    from keras_rcnn.teaching.rounds import Rounds

    # Rounds are processes of their own.
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    project = Project(taught)
    made = TeachViews(project, Rounds(project))
    yield made
    made.rounds.stop()
    made.rounds.wait()
