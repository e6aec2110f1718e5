"""The command `models`."""

from keras_rcnn import load_model
from keras_rcnn.models.zoo import shipped_file, shipped_networks


def test_every_shipped_network_is_listed(run_command):
    status, out, err = run_command("models")

    assert (status, err) == (0, "")
    lines = out.replace("\n    ", " ").splitlines()
    paragraphs = dict(line.split(": ", maxsplit=1) for line in lines)
    assert tuple(paragraphs) == shipped_networks()
    for name, text in paragraphs.items():
        size = shipped_file(name).stat().st_size
        assert text.startswith(f"{size / 1024:.0f} KB, ")
        names = load_model(name).class_names
        assert text.endswith(f" {len(names)} classes: {', '.join(names)}")
    # As the README's table of the networks has them.
    text = paragraphs["rcnn2_stanford_background"]
    assert "80.2 % of the pixels right, 71.1 % by class" in text
