"""Estimates for many machines, against hand-worked values."""

import pathlib
import re

import numpy as np
import pytest
from PIL import Image

from benchmarks import allreduce
from benchmarks.scaling_plan import __main__ as command
from benchmarks.scaling_plan import tables
from benchmarks.scaling_plan.network import Network
from benchmarks.scaling_plan.simulation import Photo, simulate
from keras_rcnn.evaluation.speed.timing import spread
from tests.helpers.run_command import run_command

ROOT = pathlib.Path(__file__).parents[2]
# 3 s of work, a file of 8 bytes in, 2 bytes out.
PHOTO = Photo(decode=0.5, model=2.0, encode=0.5, bytes_in=8, bytes_out=2)


def test_one_worker_does_one_thing_after_the_other():
    outcome = simulate(PHOTO, num_photos=5, num_workers=1, link=4.0)
    # Fetching takes 2 s, storing half a second.
    assert outcome.photos_per_second == pytest.approx(1 / 5.5)
    assert outcome.busy == pytest.approx(
        {
            "decoding": 0.5 / 5.5,
            "model": 2 / 5.5,
            "encoding": 0.5 / 5.5,
            "fetching": 2 / 5.5,
            "storing": 0.5 / 5.5,
        }
    )
    assert outcome.bottleneck in ("model", "fetching")


def test_two_workers_wait_for_each_other_at_the_link():
    # Worker 0 fetches until 2, works until 5, stores until 5.5. Worker 1
    # comes at 1.5, waits, fetches from 2 to 4, works until 7, stores until
    # 7.5. Worker 0 fetches again from 5.5 to 7.5, works until 10.5, stores
    # until 11.
    outcome = simulate(PHOTO, num_photos=3, num_workers=2, link=4.0)
    assert outcome.photos_per_second == pytest.approx(3 / 11)


def test_a_full_link_is_the_bottleneck():
    outcome = simulate(PHOTO, num_photos=4000, num_workers=100, link=4.0)
    assert outcome.photos_per_second == pytest.approx(0.5, rel=0.01)
    assert outcome.bottleneck == "fetching"
    assert outcome.busy["fetching"] == pytest.approx(1, rel=0.01)


def test_a_wide_link_holds_nobody_up():
    outcome = simulate(PHOTO, num_photos=4000, num_workers=20, link=1e6)
    assert outcome.photos_per_second == pytest.approx(20 / 3, rel=0.02)
    assert outcome.bottleneck == "model"


def test_a_ring_adds_up_by_parts():
    network = Network("by hand", alpha=0.1, beta=100.0)
    # Six messages of 10 bytes each: 0.1 s and 0.1 s.
    assert network.allreduce_seconds(4, 40.0) == pytest.approx(6 * 0.2)
    assert network.allreduce_seconds(1, 40.0) == 0


def test_alpha_and_beta_are_found_again():
    rows = [
        {
            "numbers": count,
            "seconds": {"median": 2 * 3e-3 + 4 * count / 5e8},
        }
        for count in allreduce.COUNTS
    ]
    assert allreduce.fit(rows) == pytest.approx((3e-3, 5e8))


CORPUS = [
    {
        "part": "decode",
        "height": height,
        "width": width,
        "seconds": spread([seconds]),
        "bytes": size,
    }
    for height, width, seconds, size in (
        (240, 320, 0.002, 20_000),
        (3000, 4000, 0.1, 3_000_000),
    )
] + [
    {
        "part": "model",
        "output_resolution": resolution,
        "precision": precision,
        "seconds": spread([seconds]),
        "peak_megabytes": 900.0,
    }
    for resolution, precision, seconds in (
        (1, "float32", 0.35),
        (8, "mixed_bfloat16", 0.033),
    )
]
CORPUS.append({"part": "encode", "seconds": spread([0.001]), "bytes": 3_000})


def cells(table):
    """The numbers and words of a table, header and rule left out."""
    return [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in table.splitlines()[2:]
    ]


def test_core_hours_workers_and_memory():
    # 353 ms: 10^6 photos take 98.06 core-hours, 10^9 in a day 4,085.6 cores.
    slow, fast = cells(tables.core_hours(CORPUS))
    assert slow == ["1/1, float32", "353.0", "98.1", "98,056", "4,086", "3.7"]
    assert fast[:3] == ["1/8, bfloat16", "36.0", "10.0"]


def test_storage():
    assert cells(tables.storage(CORPUS)) == [
        ["JPEG files, 240x320", "20.0", "20.0", "20.0"],
        ["JPEG files, 3000x4000", "3000.0", "3,000.0", "3,000.0"],
        ["label PNGs, 240x320", "3.0", "3.0", "3.0"],
    ]


def test_the_bottleneck_moves_with_the_files():
    slow, fast, large = cells(tables.bottlenecks(CORPUS, link=1.25e9))
    assert slow[0] == "1/1, float32, 240x320"
    # 28,300 a second, but for the time in which they begin and end.
    assert re.match(r"27,\d{3} \(model, 9", slow[-1])
    # 10,000 workers of 36 ms ask for 278,000 photos a second, of which the
    # link brings 62,500.
    assert re.match(r"6[0-2],\d{3} \(fetching", fast[-1])
    assert large[0] == "1/8, bfloat16, 3000x4000"
    assert "(decoding" in large[1]
    assert re.match(r"41\d \(fetching, 100 %", large[-1])


def test_training_scales_by_the_network():
    networks = [Network("none", 0.0, np.inf), Network("slow", 0.1, np.inf)]
    free, slow = cells(tables.training(networks, crop_seconds=0.05))
    assert free[1:] == [f"{count}.0 (0.0 %)" for count in (2, 8, 32, 128)]
    # Two messages of 0.1 s beside 0.2 s of work: half of the step.
    assert slow[1] == "1.0 (50.0 %)"


@pytest.mark.slow
def test_the_tables_of_the_documentation_are_those_of_the_program(
    capfd, tmp_path
):
    figure = tmp_path / "scaling.png"
    status, output, errors = run_command(
        capfd,
        command,
        f"--measured={ROOT / 'docs' / 'measured'}",
        f"--figure={figure}",
    )
    assert status == 0, errors
    page = (ROOT / "docs" / "scaling.md").read_text()
    lines = [line for line in output.splitlines() if line.startswith("|")]
    assert len(lines) == 10 + 5 + 5 + 5
    for line in lines:
        assert f"{line}\n" in page
    with Image.open(figure) as picture:
        assert np.asarray(picture).std() > 0


def test_what_was_not_measured_is_named(capfd, tmp_path):
    status, _, errors = run_command(capfd, command, f"--measured={tmp_path}")
    assert status == 1
    assert errors.startswith(f"error: --measured: {tmp_path / 'corpus.json'}")
    assert "--suite=corpus" in errors
