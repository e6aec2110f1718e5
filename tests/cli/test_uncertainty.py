"""The command `label --uncertainty`."""

import json

import numpy as np
import pytest

from keras_rcnn.errors import InputError
from keras_rcnn.labeling import label_with_uncertainty
from keras_rcnn.labeling.batch_labeler import BatchLabeler
from tests.helpers.run_command import error_line


def test_one_minus_the_probability_of_the_label(
    read_png, label, write_picture, noise, labeler, tmp_path
):
    photo = np.tile(noise, (8, 5, 1))
    write_picture("in/a.png", photo)
    write_picture("in/b.png", noise)

    def run(*flags):
        status, out, err = label(
            tmp_path / "in", "--uncertainty", *flags, f"--report={report}"
        )
        assert status == 0, err
        assert "a_overlay.png, " in out
        assert "out/a_uncertainty.png\n" in out
        found = [
            read_png(tmp_path / f"out/{name}_uncertainty.png")
            for name in ("a", "b")
        ]
        assert [mode for mode, _ in found] == ["L", "L"]
        photos = json.loads(report.read_text())["photos"]
        for (_, values), each in zip(found, photos, strict=True):
            assert each["uncertainty"] == pytest.approx(values.mean() / 255)
        assert len(list((tmp_path / "out").iterdir())) == 6
        return found[0][1]

    report = tmp_path / "report.json"
    whole = run()
    proba = labeler.predict_proba(photo)
    np.testing.assert_array_equal(
        whole, np.rint(255 * (1 - proba.max(axis=-1)))
    )
    assert len(np.unique(whole)) > 9
    labels = read_png(tmp_path / "out/a_labels.png")[1]
    np.testing.assert_array_equal(labels, proba.argmax(axis=-1))
    # With one megabyte the large photo is labeled strip by strip.
    strips = run("--memory_mb=1")
    np.testing.assert_allclose(strips.astype(int), whole.astype(int), atol=1)
    np.testing.assert_array_equal(
        read_png(tmp_path / "out/a_labels.png")[1], labels
    )


def test_the_map_never_replaces_a_photo(label, write_picture, noise, tmp_path):
    write_picture("a.png", noise)
    photo = write_picture("a_uncertainty.png", noise)
    line = error_line(label(tmp_path, "--uncertainty", output_dir=tmp_path))
    assert line.startswith(f"{photo} is one of the photos")


def test_labels_alone_have_no_uncertainty(noise):
    class LabelsAlone(BatchLabeler):
        def _label(self, photos, probabilities):
            return photos[..., 0], None

    with pytest.raises(InputError, match="litert_output=probabilities"):
        label_with_uncertainty(LabelsAlone(), noise)
