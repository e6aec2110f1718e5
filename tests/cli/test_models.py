"""The command `models`."""

import pathlib

import pytest

from keras_rcnn import load_model

ROOT = pathlib.Path(__file__).parents[2]
MODELS = sorted(
    file.parent for file in (ROOT / "saved_models").glob("*/model.keras")
)


@pytest.fixture
def paragraphs(run_command):
    """The lines on each network, by its name."""
    status, out, err = run_command("models")
    assert (status, err) == (0, "")
    blocks = out.replace("\n    ", " ").splitlines()
    return dict(block.split(": ", maxsplit=1) for block in blocks)


def test_every_shipped_network_is_listed(paragraphs):
    assert MODELS
    assert list(paragraphs) == [folder.name for folder in MODELS]
    for folder in MODELS:
        text = paragraphs[folder.name]
        size = (folder / "model.keras").stat().st_size
        assert text.startswith(f"{size / 1024:.0f} KB, ")
        model = load_model(folder)
        names = ", ".join(model.class_names)
        assert text.endswith(f" {len(model.class_names)} classes: {names}")


def test_scores_are_those_of_the_whole_network(paragraphs):
    # As the README's table of the networks has them.
    text = paragraphs["rcnn2_stanford_background"]
    assert "80.2 % of the pixels right, 71.1 % by class" in text
