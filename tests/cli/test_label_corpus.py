"""The command `label-corpus` on Beam's runner for this machine."""

import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

pytest.importorskip("apache_beam")
import pyarrow.parquet as pq

from keras_rcnn.cli import label_corpus, runner
from keras_rcnn.io.images import read_image, scale_down
from tests.helpers.far_files import far
from tests.helpers.run_command import error_line, popen_command
from tests.helpers.turned import QUARTER_TURN

pytestmark = pytest.mark.extras(name="beam")
ROOT = pathlib.Path(__file__).parents[2]
SIDE = 20
MANY = 500
TWO_PROCESSES = (
    "--direct_running_mode=multi_processing",
    "--direct_num_workers=2",
    "--threads=1",
)


@pytest.fixture
def run_corpus(run_command, saved_model, tmp_path):
    """Function of further flags: runs it, and gives status, figures, stderr."""

    def run(*choices, images="in/*", output_dir="out", model=saved_model):
        report = tmp_path / "report.json"
        report.unlink(missing_ok=True)
        status, _, err = run_command(
            "label-corpus",
            f"--model={model}",
            f"--output_dir={tmp_path / output_dir}",
            f"--report={report}",
            *([f"--images={tmp_path / images}"] if images else []),
            *choices,
        )
        figures = json.loads(report.read_text()) if report.exists() else None
        return status, figures, err

    return run


@pytest.fixture
def start_corpus(saved_model, many, tmp_path):
    """Function that labels many photos in a process with two workers."""
    started = []

    def start():
        process = popen_command(
            "label-corpus",
            f"--model={saved_model}",
            f"--images={many}",
            f"--output_dir={tmp_path / 'out'}",
            f"--report={tmp_path / 'report.json'}",
            *TWO_PROCESSES,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


@pytest.fixture
def all_kinds(write_picture, noise):
    """Photos of several kinds, among them two that are the same."""
    photo = Image.fromarray(noise)
    clear = photo.copy()
    clear.putalpha(Image.fromarray(noise[..., 0]))
    return [
        write_picture("in/color.png", photo),
        write_picture("in/copy.png", photo),
        write_picture("in/turned.jpg", photo, exif=QUARTER_TURN),
        write_picture("in/ink.jpg", photo.convert("CMYK")),
        write_picture("in/clear.png", clear),
        write_picture("in/small.png", noise[:9, :7]),
        write_picture("in/one.png", noise[:1, :1]),
    ]


@pytest.fixture(scope="module")
def many(tmp_path_factory):
    """Pattern of photos of two sizes, enough to take a while."""
    folder = tmp_path_factory.mktemp("many")
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (24, 36, 3), np.uint8)
    for number in range(MANY):
        turned, brighter = divmod(number, 256)
        photo = np.roll(noise, turned, axis=1) + np.uint8(brighter)
        photo = photo[: 24 - number % 2 * 8]
        Image.fromarray(photo).save(folder / f"{number:03}.png")
    return f"{folder}/*"


@pytest.fixture(scope="module")
def labeled_by_one(many, saved_model, tmp_path_factory):
    """Folder of what one process makes of them."""
    folder = tmp_path_factory.mktemp("one")
    status = runner.run(
        label_corpus,
        [
            "label-corpus",
            f"--model={saved_model}",
            f"--images={many}",
            f"--output_dir={folder / 'out'}",
            f"--report={folder / 'report.json'}",
        ],
    )
    assert status == 0
    report = json.loads((folder / "report.json").read_text())
    assert report["models_loaded"] == 1
    return folder / "out"


def rows(folder, table="photos"):
    """A table as a list, which is in the order of the paths."""
    return pq.read_table(folder / f"{table}.parquet").to_pylist()


def labels_of(folder, row):
    with Image.open(folder / "labels" / f"{row['labels']}.png") as image:
        assert image.mode == "L"
        return np.asarray(image)


def contents(folder):
    """All files there are, hidden ones as well."""
    return {
        str(file.relative_to(folder)): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


def test_labels_are_those_of_label(
    run_corpus, run_command, all_kinds, saved_model, tmp_path, read_png
):
    status, figures, err = run_corpus(f"--longest_side={SIDE}")

    assert status == 0, err
    assert figures["photos"] == len(all_kinds)
    assert figures["labeled"] == len(all_kinds) - 1  # two are the same
    assert figures["failures"] == 0
    assert figures["pixels"] == 4 * 24 * 36 + 9 * 7 + 1
    assert 0 < figures["seconds_in_model"] < figures["seconds_total"]
    status, _, err = run_command(
        "label",
        f"--model={saved_model}",
        f"--images={tmp_path / 'in'}",
        f"--output_dir={tmp_path / 'label'}",
        f"--longest_side={SIDE}",
    )
    assert status == 0, err
    found = rows(tmp_path / "out")
    assert [row["path"] for row in found] == sorted(map(str, all_kinds))
    for row in found:
        name = pathlib.Path(row["path"]).stem
        expected = read_png(tmp_path / f"label/{name}_labels.png")[1]
        np.testing.assert_array_equal(
            labels_of(tmp_path / "out", row), expected
        )
    by_name = {pathlib.Path(row["path"]).stem: row for row in found}
    turned = by_name["turned"]
    assert (turned["height"], turned["width"]) == (36, 24)
    assert by_name["color"]["labels"] == by_name["copy"]["labels"]
    written = list((tmp_path / "out/labels").iterdir())
    assert len(written) == len(all_kinds) - 1


def test_rows_say_what_is_in_the_files(
    run_corpus, all_kinds, saved_model, tmp_path
):
    assert run_corpus(f"--longest_side={SIDE}")[0] == 0

    model = tf.saved_model.load(saved_model)
    listed = subprocess.run(
        "find saved_model.pb variables assets -type f | LC_ALL=C sort "
        "| xargs sha256sum | sha256sum",
        shell=True,
        cwd=saved_model,
        capture_output=True,
        text=True,
        check=True,
    )
    for row in rows(tmp_path / "out"):
        labels = labels_of(tmp_path / "out", row)
        photo = scale_down(read_image(row["path"]), SIDE)
        probabilities = model.signatures["probabilities"](
            images=tf.constant(photo[None])
        )["probabilities"].numpy()
        assert labels.shape == (row["height"], row["width"])
        assert row["class_shares"] == {
            name: np.mean(labels == index)
            for index, name in enumerate(("sky", "grass", "road"))
        }
        np.testing.assert_allclose(
            row["mean_confidence"], probabilities.max(-1).mean(), rtol=1e-5
        )
        assert row["model_sha256"] == listed.stdout.split()[0]


def test_photos_that_cannot_be_labeled_are_told(
    run_corpus, write_picture, noise, broken_files, tmp_path
):
    write_picture("broken/fine.png", noise)
    large = write_picture("broken/large.png", np.tile(noise, (3, 2, 1)))
    bomb = write_picture("broken/bomb.png", np.zeros((80, 80, 3), np.uint8))

    status, figures, err = run_corpus(
        "--max_megapixels=0.006", images="broken/*"
    )

    assert status == 0, err
    assert (figures["photos"], figures["failures"]) == (6, 5)
    (row,) = rows(tmp_path / "out")
    assert row["path"] == str(tmp_path / "broken/fine.png")
    reasons = {
        letter["path"]: letter["reason"]
        for letter in rows(tmp_path / "out", "dead_letters")
    }
    assert set(reasons) == {
        str(p) for p in (*broken_files.values(), large, bomb)
    }
    assert "is empty, 0 bytes" in reasons[str(broken_files["empty"])]
    assert "is no picture" in reasons[str(broken_files["text"])]
    assert "is broken" in reasons[str(broken_files["truncated"])]
    assert "72x72 pixels, is larger than" in reasons[str(large)]
    assert "has more than 6000 pixels" in reasons[str(bomb)]


def test_a_corpus_of_nothing_but_broken_photos_fails(
    run_corpus, broken_files, tmp_path
):
    status, figures, err = run_corpus(images="broken/*")
    assert status == 1
    assert figures["failures"] == figures["photos"] == len(broken_files)
    assert "None of the photos could be labeled: " in err
    assert len(rows(tmp_path / "out", "dead_letters")) == len(broken_files)


def test_a_second_run_does_nothing(run_corpus, all_kinds, tmp_path):
    (tmp_path / "in/broken.jpg").write_bytes(b"nothing")
    assert run_corpus()[0] == 0
    before = contents(tmp_path / "out")
    times = {
        name: (tmp_path / "out" / name).stat().st_mtime_ns for name in before
    }

    status, figures, err = run_corpus()

    assert status == 0, err
    assert figures["photos"] == len(all_kinds) + 1
    assert figures["labelled_before"] == len(all_kinds) - 1
    for name in ("labeled", "models_loaded", "batches", "seconds_in_model"):
        assert figures.pop(name) == 0
    assert set(figures) == {
        "photos",
        "labelled_before",
        "failures",
        "pixels",
        "seconds_total",
    }
    assert contents(tmp_path / "out") == before
    assert times == {
        name: (tmp_path / "out" / name).stat().st_mtime_ns for name in before
    }


def test_only_what_is_missing_is_labeled(
    run_corpus, all_kinds, noise, write_picture, tmp_path
):
    assert run_corpus()[0] == 0
    before = contents(tmp_path / "out")
    lost, cut, kept = sorted((tmp_path / "out/labels").iterdir())[:3]
    lost.unlink()
    # As a disk may leave it when the power fails.
    cut.write_bytes(cut.read_bytes()[:-9])
    (tmp_path / f"out/labels/.{lost.name}.part").write_bytes(b"killed")
    time_kept = kept.stat().st_mtime_ns

    status, figures, err = run_corpus()

    assert status == 0, err
    assert figures["labeled"] == 2
    assert contents(tmp_path / "out") == before
    assert kept.stat().st_mtime_ns == time_kept

    write_picture("in/new.png", noise[::-1])
    assert run_corpus()[1]["labeled"] == 1
    assert len(rows(tmp_path / "out")) == len(all_kinds) + 1
    # Other settings are other labels.
    _, figures, _ = run_corpus("--num_instances=1")
    assert figures["labeled"] == len(all_kinds)


def tfrecord(file, records):
    file.parent.mkdir(exist_ok=True)
    with tf.io.TFRecordWriter(str(file)) as writer:
        for record in records:
            writer.write(record)


def example(**features):
    return tf.train.Example(
        features=tf.train.Features(
            feature={
                name.replace("_", "/"): tf.train.Feature(
                    bytes_list=tf.train.BytesList(value=[value])
                )
                for name, value in features.items()
            }
        )
    ).SerializeToString()


def test_tfrecords_in_and_out(run_corpus, all_kinds, tmp_path):
    assert run_corpus(f"--longest_side={SIDE}")[0] == 0
    files = [photo.read_bytes() for photo in all_kinds]
    tfrecord(tmp_path / "records/plain", files[:3])
    tfrecord(
        tmp_path / "records/examples",
        [
            *(
                example(image_encoded=file, image_filename=f"{n}.x".encode())
                for n, file in enumerate(files[3:])
            ),
            example(image_encoded=b"no picture"),
            example(caption=b"no photo"),
        ],
    )
    cut = tmp_path / "records/cut"
    tfrecord(cut, files[:2])
    cut.write_bytes(cut.read_bytes()[:-9])
    flags = (
        f"--longest_side={SIDE}",
        f"--tfrecords={tmp_path / 'records/*'}",
        "--output_format=tfrecord",
    )

    status, figures, err = run_corpus(*flags, images=None, output_dir="out2")

    assert status == 0, err
    assert figures["labeled"] == len(all_kinds) - 1
    reasons = {
        letter["path"]: letter["reason"]
        for letter in rows(tmp_path / "out2", "dead_letters")
    }
    examples = str(tmp_path / "records/examples")
    assert set(reasons) == {f"{examples}#4", f"{examples}#5", str(cut)}
    assert "is no picture" in reasons[f"{examples}#4"]
    assert "neither a photo nor" in reasons[f"{examples}#5"]
    assert f"records after byte {16 + len(files[0])} are" in reasons[str(cut)]
    expected = {row["labels"]: row for row in rows(tmp_path / "out")}
    found = rows(tmp_path / "out2")
    assert len(found) == len(all_kinds) + 1  # the first of those cut
    assert f"{examples}#0/0.x" in {row["path"] for row in found}
    for row in found:
        assert row | {"path": ""} == expected[row["labels"]] | {"path": ""}
    stored = {}
    for file in (tmp_path / "out2/labels").iterdir():
        for record in tf.data.TFRecordDataset(str(file)).as_numpy_iterator():
            feature = tf.train.Example.FromString(record).features.feature
            name = feature["name"].bytes_list.value[0].decode()
            stored[f"{name}.png"] = feature[
                "image/segmentation/class/encoded"
            ].bytes_list.value[0]
    assert stored == contents(tmp_path / "out/labels")

    before = contents(tmp_path / "out2")
    _, figures, _ = run_corpus(*flags, images=None, output_dir="out2")
    assert (figures["labeled"], figures["models_loaded"]) == (0, 0)
    assert contents(tmp_path / "out2") == before


@pytest.mark.long
def test_two_processes_do_the_same(start_corpus, labeled_by_one, tmp_path):
    process = start_corpus()
    _, err = process.communicate(timeout=500)

    assert process.returncode == 0, err
    # Nothing of what Beam and TensorFlow say of themselves.
    lines = err.replace("\r", "\n").split("\n")
    assert all(not line or "Labeling" in line for line in lines), err
    figures = json.loads((tmp_path / "report.json").read_text())
    assert figures["models_loaded"] == 2
    assert figures["labeled"] == MANY
    assert contents(tmp_path / "out") == contents(labeled_by_one)


def children(pid):
    listed = subprocess.run(
        ["ps", "-e", "-ww", "-o", "pid=,ppid=,args="],
        capture_output=True,
        text=True,
        check=True,
    )
    found = []
    for line in listed.stdout.splitlines():
        child, parent, arguments = line.split(maxsplit=2)
        if int(parent) == pid:
            found += [(int(child), arguments), *children(int(child))]
    return found


def workers(process):
    return [
        pid
        for pid, arguments in children(process.pid)
        if arguments.endswith("sdk_worker_main") and "sh -c" not in arguments
    ]


def workers_at_work(process, folder):
    """The two workers, when the first labels are there."""
    found = []
    while process.poll() is None and not list(folder.glob("labels/*.png")):
        found = found if len(found) == 2 else workers(process)
        time.sleep(0.01)
    assert process.poll() is None
    assert len(found) == 2
    return found


@pytest.mark.long
def test_a_killed_worker_costs_nothing(start_corpus, labeled_by_one, tmp_path):
    process = start_corpus()
    killed, _ = workers_at_work(process, tmp_path / "out")
    os.kill(killed, signal.SIGKILL)
    _, err = process.communicate(timeout=500)

    assert process.returncode == 0, err
    assert "A worker was killed in run 1 of 3." in err
    assert "Traceback" not in err
    assert contents(tmp_path / "out") == contents(labeled_by_one)


@pytest.mark.long
def test_a_file_that_cannot_be_written_ends_two_processes_as_well(
    start_corpus, labeled_by_one, tmp_path
):
    shutil.copytree(labeled_by_one, tmp_path / "out")
    label = next((tmp_path / "out/labels").iterdir())
    label.unlink()
    label.with_name(f".{label.name}.part").mkdir()

    process = start_corpus()
    _, err = process.communicate(timeout=500)

    assert process.returncode == 1
    assert re.search(r"error: A worker stopped: .*Is a directory", err), err
    assert "Traceback" not in err


@pytest.mark.long
def test_a_killed_run_is_started_again(
    run_corpus, start_corpus, many, labeled_by_one, tmp_path
):
    process = start_corpus()
    left = workers_at_work(process, tmp_path / "out")
    process.kill()
    process.communicate()
    # Workers end by themselves when nobody gives them work.
    end = time.monotonic() + 300
    while any(pathlib.Path(f"/proc/{pid}").exists() for pid in left):
        assert time.monotonic() < end
        time.sleep(0.1)
    assert not (tmp_path / "out/photos.parquet").exists()

    status, figures, err = run_corpus(images=many)

    assert status == 0, err
    # Workers may have done all that they had been given.
    assert 0 < figures["labelled_before"] <= MANY
    assert figures["labeled"] + figures["labelled_before"] == MANY
    assert contents(tmp_path / "out") == contents(labeled_by_one)


@pytest.mark.parametrize(
    ("flags", "message"),
    [
        (("--images=none/*.jpg",), "none/*.jpg: there is no such file"),
        (("--tfrecords=none",), "none: there is no such file"),
        (("--images=in",), "in is a folder: give a pattern"),
        ((), "There are no photos to label: give --images=PATTERN"),
        (("--images=in/*", "--runer=x"), "--runer is a flag neither of this"),
        (
            ("--images=in/*", "--direct_running_mode=x"),
            "Beam refuses its flags: argument --direct_running_mode: invalid",
        ),
        (
            ("--images=in/*", "--output_resolution=3"),
            "has no signature resolution_3: choose one of inst",
        ),
        (
            ("--images=in/*", "--output_resolution=4", "--num_instances=1"),
            "not for both: give one of them",
        ),
        (("--images=in/*", "--model=in"), "in is not a SavedModel that labels"),
        (
            ("--images=in/*", "--output_dir=out[1]"),
            "--output_dir=out[1] would be a pattern",
        ),
        (
            ("--images=in/*", "--output_dir=in/a.png/out"),
            "The folder in/a.png/out/labels cannot be made",
        ),
    ],
)
def test_what_cannot_be_used_is_named(
    run_corpus, write_picture, noise, tmp_path, monkeypatch, flags, message
):
    write_picture("in/a.png", noise)
    monkeypatch.chdir(tmp_path)

    status, figures, err = run_corpus(*flags, images=None)

    assert (status, figures) == (1, None)
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1
    assert not (tmp_path / "out/photos.parquet").exists()


def test_flags_of_beam_take_their_values_with_them(run_command):
    flags = "--model=m", "--output_dir=o", "--runner", "FlinkRunner"
    line = error_line(run_command("label-corpus", *flags), status=2)
    assert line.startswith("'FlinkRunner' is not a flag")


def test_a_file_that_cannot_be_written_ends_the_run(
    run_corpus, write_picture, noise, tmp_path
):
    write_picture("in/a.png", noise)
    assert run_corpus()[0] == 0
    (label,) = (tmp_path / "out/labels").iterdir()
    label.unlink()
    part = label.with_name(f".{label.name}.part")
    part.mkdir()

    status, figures, err = run_corpus()

    assert (status, figures) == (1, None)
    end = err[err.index("error: ") :]
    assert end.startswith("error: A worker stopped: [Errno 21] Is a")
    assert end.count("\n") == 1
    assert "Traceback" not in err
    part.rmdir()
    assert run_corpus()[0] == 0
    assert label.exists()


def test_without_beam_the_extra_is_named(run_command, monkeypatch):
    monkeypatch.setitem(sys.modules, "apache_beam", None)
    flags = "--model=m", "--output_dir=o"
    line = error_line(run_command("label-corpus", *flags))
    assert line.startswith(
        "label-corpus needs the extra beam: run `pip install"
    )


def test_the_package_needs_no_beam(tmp_path):
    code = (
        "import sys; sys.modules['apache_beam'] = None; "
        "sys.modules['pyarrow'] = None; import keras_rcnn, keras_rcnn.export, "
        "keras_rcnn.runtime.loading, keras_rcnn.corpus"
    )
    subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, check=True, capture_output=True
    )


def test_all_files_may_be_elsewhere(run_command, all_kinds, saved_model):
    folder = all_kinds[0].parent.parent
    results = []
    for place in (str, far):
        status, out, err = run_command(
            "label-corpus",
            f"--model={place(str(saved_model))}",
            f"--images={place(str(folder / 'in/*'))}",
            f"--output_dir={place(str(folder / place.__name__))}",
        )
        assert status == 0, err
        assert "7 photos: 6 labeled now" in out
        results.append(contents(folder / place.__name__ / "labels"))
    assert results[0] == results[1]
    paths = [row["path"] for row in rows(folder / "far")]
    assert paths == [far(row["path"]) for row in rows(folder / "str")]
