"""The benchmarks, run on photos of a few pixels."""

import json
import os

import pytest
from PIL import Image

from benchmarks import __main__ as command
from benchmarks import allreduce, one_photo, startup
from keras_rcnn import RecurrentCNN, save_model
from keras_rcnn.cli import benchmark as labeling_command
from keras_rcnn.evaluation.speed import machine
from keras_rcnn.training.recipes import RECIPES, Phase, Recipe
from tests.helpers.run_command import run_command

pytestmark = pytest.mark.slow
SHARED_KEYS = {"suite", "machine", "settings", "results"}


@pytest.fixture(scope="module")
def model_dir(tmp_path_factory):
    """Folder of a network with fresh weights."""
    folder = tmp_path_factory.mktemp("model")
    save_model(RecurrentCNN.from_preset("rcnn2", 3), folder / "model.keras")
    return folder


@pytest.fixture
def benchmark(capfd, tmp_path):
    """Function of a suite and other flags that returns rows and the output."""

    def run(suite, *arguments):
        status, out, err = run_command(
            capfd,
            command,
            *command.with_suite([suite]),
            f"--output_dir={tmp_path / 'new'}",
            *arguments,
        )
        assert status == 0, err
        assert "100%" in err
        files = {path.name for path in (tmp_path / "new").iterdir()}
        assert files == {f"{suite}.json", f"{suite}.png"}
        with Image.open(tmp_path / "new" / f"{suite}.png") as figure:
            assert min(figure.size) > 200
        figures = json.loads((tmp_path / "new" / f"{suite}.json").read_text())
        assert set(figures) == SHARED_KEYS
        assert figures["suite"] == suite
        check_machine(figures["machine"], out)
        return figures["results"], out

    return run


def check_machine(machine, out):
    # As tests/conftest.py sets them.
    threads = 1 if "PYTEST_XDIST_WORKER" in os.environ else 2
    assert machine["threads"] == {"intra_op": threads, "inter_op": threads}
    assert machine["cores"] >= 1
    assert machine["processor"] in out
    for package in ("python", "tensorflow", "keras", "keras_rcnn"):
        assert f"{package} {machine['versions'][package]}" in out


def check_spread(spread, runs=None):
    assert set(spread) == {"median", "lower_quartile", "upper_quartile", "runs"}
    assert (
        0
        < spread["lower_quartile"]
        <= spread["median"]
        <= spread["upper_quartile"]
    )
    assert runs is None or spread["runs"] == runs


def test_labeling(benchmark, model_dir):
    rows, out = benchmark(
        "labeling",
        f"--model={model_dir}",
        "--sizes=9x16",
        "--resolutions=8,4",
        "--precisions=float32",
        "--repeats=2",
        "--seconds=600",
    )

    by_case = {(row["method"], row["output_resolution"]): row for row in rows}
    methods = ("patches", "shift_and_stitch", "fragments")
    assert list(by_case) == [(m, r) for m in methods for r in (8, 4)]
    forward = median(by_case["shift_and_stitch", 8])
    for (method, resolution), row in by_case.items():
        assert (row["height"], row["width"]) == (9, 16)
        check_spread(row["milliseconds"], runs=2)
        ours = median(row)
        shifted = median(by_case["shift_and_stitch", resolution])
        assert row["nanoseconds_per_pixel"] == pytest.approx(ours * 1e6 / 144)
        assert row["times_one_forward"] == pytest.approx(ours / forward)
        assert row["speed_up_over_shift_and_stitch"] == pytest.approx(
            shifted / ours
        )
        # 2 x 2 labels of the photo, or 3 x 4 of which 3 x 4 fit the sample.
        computed = {8: 4, 4: 12}[resolution] if method == "patches" else None
        assert row["extrapolated_from_labels"] == computed
        if method == "fragments":
            check_arithmetic(row)
    assert out.count("~") == 3  # Two rows and the note that explains them.
    line = out.splitlines()[3]
    assert line.split()[:4] == ["patches", "float32", "9x16", "1/8"]


def median(row):
    return row["milliseconds"]["median"]


def check_arithmetic(row):
    seconds = median(row) / 1e3
    assert row["gigaflops_per_second"] == pytest.approx(
        row["gigaflops"] / seconds
    )
    assert row["conv2d_best_gigaflops_per_second"] == pytest.approx(
        1e3 * row["conv2d_gigaflops"] / row["conv2d_best_milliseconds"]
    )
    assert 0 < row["conv2d_gigaflops"] < row["gigaflops"]


def test_labeling_leaves_out_what_takes_too_long(benchmark):
    rows, out = benchmark(
        "labeling",
        "--preset=plain",
        "--sizes=1x1,2x1",
        "--resolutions=16",
        "--precisions=float32",
        "--seconds=0",
        "--longest_seconds=0",
    )

    # The first size tells how long the second would take.
    small, large = rows[:3], rows[3:]
    for row in small:
        check_spread(row["milliseconds"], runs=1)
        assert row["not_run_expected_seconds"] is None
    for before, row in zip(small, large, strict=True):
        if row["method"] == "patches":
            check_spread(row["milliseconds"], runs=1)
            continue
        assert row["milliseconds"] is None
        assert row["speed_up_over_shift_and_stitch"] is None
        assert row["not_run_expected_seconds"] == pytest.approx(
            2 * median(before) / 1e3
        )
    assert out.splitlines()[8].split() == [
        *["fragments", "float32", "2x1", "1/16"],
        *["-"] * 6,
    ]


@pytest.fixture
def small_recipes(monkeypatch):
    """One phase of two instances: two patches, or two crops of 3 x 3."""
    for name, optimizer, grid_size in (
        ("paper", "sgd", 0),
        ("dense", "muon", 3),
    ):
        phase = Phase(2, 1.0, 2, grid_size, (0.0, 1.0), 1e-4, 1e-4)
        monkeypatch.setitem(RECIPES[name], "rcnn2", Recipe((phase,), optimizer))


@pytest.mark.usefixtures("small_recipes")
def test_training(benchmark):
    rows, out = benchmark(
        "training",
        "--precisions=float32",
        "--steps=2",
        "--repeats=3",
        "--seconds=600",
    )

    assert [row["recipe"] for row in rows] == ["paper", "dense"]
    for row, labels in zip(rows, (2, 2 * 3 * 3), strict=True):
        step, waiting = row["seconds_per_step"], row["seconds_of_waiting"]
        check_spread(step, runs=3)
        check_spread(waiting, runs=3)
        assert row["labels_per_step"] == labels
        assert row["labelled_pixels_per_second"] == pytest.approx(
            labels / step["median"]
        )
        assert row["input_share"] == pytest.approx(
            waiting["median"] / step["median"]
        )
    assert out.splitlines()[3].split()[:3] == ["paper", "float32", "2"]


@pytest.mark.long
def test_memory(benchmark, model_dir):
    rows, out = benchmark(
        "memory", f"--model={model_dir}", "--sizes=8x9", "--seconds=0"
    )

    for row in rows:
        assert (row["height"], row["width"]) == (8, 9)
        assert row["enough_memory"]
        peak, loaded = row["peak_megabytes"], row["loaded_megabytes"]
        check_spread(peak, runs=1)
        assert peak["median"] >= loaded["median"] > 100
        check_spread(row["label_seconds"], runs=1)
    assert out.splitlines()[3].split()[:3] == [rows[0]["mode"], "8x9", "1/1"]


@pytest.mark.long
def test_a_photo_too_large_for_the_memory_is_a_result(
    benchmark, model_dir, monkeypatch
):
    # 1.2 GB; the feature maps of the first convolution alone take 0.75.
    fraction = 1.2e9 / machine.physical_memory()
    monkeypatch.setattr(one_photo, "MEMORY_FRACTION", fraction)

    rows, out = benchmark(
        "memory", f"--model={model_dir}", "--sizes=2600x2600", "--seconds=0"
    )

    assert rows[0]["mode"] == "whole"
    assert not rows[0]["enough_memory"]
    assert rows[0]["peak_megabytes"] is None
    assert "too much" in out.splitlines()[3]


@pytest.mark.long
def test_startup(benchmark):
    rows, out = benchmark("startup", "--sizes=8x9", "--seconds=0")

    forms = ["keras", "saved_model", "litert", "onnx"]
    assert [row["form"] for row in rows] == forms
    for row in rows:
        parts = [
            row[f"{part}_seconds"]["median"]
            for part in ("import", "load", "first_label")
        ]
        assert row["to_first_labels_seconds"]["median"] == pytest.approx(
            sum(parts)
        )
        check_spread(row["second_label_seconds"], runs=1)
        cheap = row["form"] in startup.ENGINES
        assert (row["peak_megabytes"]["median"] < 200) == cheap
        assert (row["processor_seconds"]["median"] < 2) == cheap
    assert out.splitlines()[4].split()[:2] == ["saved_model", "8x9"]


@pytest.mark.long
def test_serving(benchmark):
    rows, out = benchmark(
        "serving", "--sizes=8x9", "--seconds=0.2", "--requests=50"
    )

    grpc = [row for row in rows if row["protocol"] == "gRPC, 1/8"]
    assert [row["clients"] for row in grpc] == [1, 2, 4, 8, 16, 32, 8]
    assert grpc[-1]["requests"] >= 50
    for row in rows:
        assert row["failed"] == 0
        assert (
            0
            < row["p50_milliseconds"]
            <= row["p95_milliseconds"]
            <= row["p99_milliseconds"]
        )
        assert row["server_megabytes"] > 100
    assert out.splitlines()[3].split()[:4] == ["gRPC,", "1/8", "8x9", "1"]


def test_corpus(benchmark):
    rows, out = benchmark(
        "corpus",
        "--sizes=24x32,48x64",
        "--resolutions=8",
        "--precisions=float32",
        "--repeats=2",
        "--seconds=60",
    )

    small, large, model, encode = rows
    assert [row["part"] for row in rows] == [
        *["decode"] * 2,
        "model",
        "encode",
    ]
    assert (large["height"], large["width"]) == (48, 64)
    assert large["bytes"] > small["bytes"] > encode["bytes"] > 50
    assert (model["output_resolution"], model["precision"]) == (8, "float32")
    assert model["peak_megabytes"] > 100
    for row in rows:
        check_spread(row["seconds"], runs=2)
    assert "model 1/8 float32" in out


@pytest.mark.long
def test_allreduce(benchmark):
    rows, out = benchmark("allreduce", "--repeats=3")

    assert [row["numbers"] for row in rows] == list(allreduce.COUNTS)
    for row in rows:
        check_spread(row["seconds"], runs=3)
    assert "98,083" in out


def test_the_command_writes_a_report_and_nothing_else(
    capfd, model_dir, tmp_path
):
    """`keras-rcnn benchmark` is the suite `labeling`."""
    status, out, err = run_command(
        capfd,
        labeling_command,
        f"--model={model_dir}",
        "--sizes=1x1",
        "--resolutions=8",
        "--precisions=float32",
        "--seconds=0",
        f"--report={tmp_path / 'report.json'}",
    )

    assert status == 0, err
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    figures = json.loads((tmp_path / "report.json").read_text())
    assert set(figures) == SHARED_KEYS
    check_machine(figures["machine"], out)


@pytest.mark.parametrize(
    ("arguments", "status", "reason"),
    [
        ("labeling --sizes=240", 1, "--sizes=240: '240' is no size"),
        ("labeling --sizes=", 1, "--sizes is empty"),
        ("labeling --sizes=0x5", 1, "--sizes=0x5: '0x5' is no size"),
        ("labeling --resolutions=8,x", 1, "--resolutions=8,x: 'x' is no"),
        ("labeling --resolutions=3", 1, "Output resolution 3 is not possible"),
        ("labeling --precisions=int8", 1, "--precisions=int8: 'int8' is no"),
        ("labeling --preset=rcnn9", 1, "There is no preset 'rcnn9'"),
        (
            "labeling --preset=rcnn2 --model=m",
            1,
            "--model=m and --preset=rcnn2",
        ),
        ("labeling --model=none", 1, "none: no model there"),
        ("labeling --steps=3", 1, "--suite=labeling takes no --steps"),
        ("labeling --output_dir=/dev/null", 1, "/dev/null is a file"),
        ("training --preset=rcnn9", 1, "There is no preset 'rcnn9'"),
        ("training --model=m", 1, "--suite=training takes no --model"),
        ("memory --model=none", 1, "none: no model there"),
        ("memory --resolutions=3", 1, "Output resolution 3 is not possible"),
        ("startup --model=none", 1, "--model=none holds no model.keras"),
        ("none", 2, ""),
        ("memory --repeats=0", 2, ""),
        ("memory --seconds=nan", 2, ""),
        ("", 2, ""),
    ],
)
def test_names_what_cannot_be_used(capfd, arguments, status, reason):
    """Before anything is measured."""
    arguments = command.with_suite(arguments.split())

    found, out, err = run_command(capfd, command, *arguments)

    assert (found, out) == (status, "")
    assert err.startswith(f"error: {reason}")
    assert status == 2 or err.count("\n") == 1
