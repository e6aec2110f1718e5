"""What the benchmarks share: counts, turns, tables, processes."""

import collections
import pathlib
import subprocess
import sys
import time

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import report
from keras_rcnn import RecurrentCNN
from keras_rcnn.evaluation.speed import machine, tables, timing
from keras_rcnn.evaluation.speed.operations import (
    Convolution,
    fragment_convolutions,
    pyramid_convolutions,
)
from keras_rcnn.labeling.methods.fragments import score_fragments
from keras_rcnn.layers import ConvStack
from keras_rcnn.models.presets import Stage
from tests.helpers.whole_numbers import narrow_pyramid

ROOT = pathlib.Path(__file__).parents[2]


def test_operations_worked_by_hand():
    """One pixel, one instance of rcnn2, 8 classes, every offset.

    Padding by 11 on both sides, and to 2 pixels: 24 x 24. After the kernel of
    8: 17 x 17. Four offsets, after pooling 8 x 8 each. After 8: 1 x 1.
    """
    model = RecurrentCNN.from_preset("rcnn2", 8)
    model.num_instances = 1

    counted = list(fragment_convolutions(model, 1, 1, 1))

    assert counted == [
        Convolution(1, 17, 17, 8, 3, 25),
        Convolution(4, 1, 1, 8, 25, 50),
        Convolution(4, 1, 1, 1, 50, 8),
    ]
    assert [one.operations for one in counted] == [
        2 * 17 * 17 * (8 * 8 * 3 * 25),
        2 * 4 * (8 * 8 * 25 * 50),
        2 * 4 * (50 * 8),
    ]


def test_operations_of_a_pyramid_worked_by_hand():
    """A photo of 7 x 8 pixels, padded to 8 x 8: two cells of 4, one of 8."""
    model = narrow_pyramid(levels=2)
    assert list(pyramid_convolutions(model, 7, 8, 4)) == [
        Convolution(1, 4, 4, 5, 3, 3),
        Convolution(1, 2, 2, 3, 3, 4),
        Convolution(1, 2, 2, 3, 4, 4),
        Convolution(1, 2, 2, 5, 3, 3),
        Convolution(1, 1, 1, 3, 3, 4),
        Convolution(1, 1, 1, 3, 8, 4),
        Convolution(1, 1, 1, 1, 4, 2),
        Convolution(1, 2, 2, 3, 8, 4),
        Convolution(1, 2, 2, 1, 4, 2),
    ]
    assert len(list(pyramid_convolutions(model, 7, 8, 8))) == 7


@pytest.mark.parametrize("resolution", [1, 2, 4])
@pytest.mark.parametrize("size", [(1, 1), (13, 40), (32, 24)])
@pytest.mark.parametrize(
    ("pools", "last", "instances"),
    [((2, 1), 2, 3), ((2, 2), 1, 2), ((4, 2), 2, 2)],
)
def test_operations_are_those_that_are_computed(
    monkeypatch, resolution, size, pools, last, instances
):
    """Every convolution that TensorFlow is asked for, by its own shapes."""
    stages = [Stage(3, 4, pools[0]), Stage(5, 4, pools[1])]
    model = RecurrentCNN(ConvStack(stages, 6, last), instances)
    seen = collections.Counter()

    def watched(convolve):
        def run(planes, kernel, *arguments, **others):
            result = convolve(planes, kernel, *arguments, **others)
            seen[Convolution(*result.shape[:3], *kernel.shape[1:])] += 1
            return result

        return run

    # The hidden stages call the one, the classifier of Keras the other.
    for name in ("conv2d", "convolution"):
        monkeypatch.setattr(tf.nn, name, watched(getattr(tf.nn, name)))
    score_fragments(model, tf.zeros((1, *size, 3)), instances, resolution)

    counted = collections.Counter(
        fragment_convolutions(model, *size, resolution)
    )
    assert counted <= seen
    # What is left are the three of the patch of nothing but padding, which all
    # instances but the last score.
    assert (seen - counted).total() == 3 * (instances - 1)


def test_things_take_turns_after_a_first_run_each():
    order = []

    def thing(name, seconds=0.0):
        def run():
            time.sleep(seconds)
            order.append(name)
            return name.upper(), len(order)

        return run

    samples = timing.interleave(
        {"a": thing("a"), "slow": thing("slow", 0.05), "b": thing("b")},
        repeats=3,
        seconds=0.04,
        title="",
    )

    assert order == ["a", "slow", "b"] + ["a", "b"] * 3
    assert samples == {
        "a": [("A", 4), ("A", 6), ("A", 8)],
        # It does not fit into the time even once: the first run counts.
        "slow": [("SLOW", 2)],
        "b": [("B", 5), ("B", 7), ("B", 9)],
    }


def test_table_lines_up():
    rows = [{"name": "one", "x": 1234.56}, {"name": "second", "x": None}]
    columns = {
        "what": lambda row: row["name"],
        "ms": lambda row: tables.number(row["x"]),
    }

    assert tables.text_table(rows, columns) == (
        "what      ms\n"  #
        "one     1235\n"
        "second     -"
    )


def test_quartiles_worked_by_hand():
    assert timing.spread([9.0, 1.0, 3.0, 2.0, 4.0]) == {
        "median": 3.0,
        "lower_quartile": 2.0,
        "upper_quartile": 4.0,
        "runs": 5,
    }
    spread = timing.spread([0.001, 0.002, 0.003])
    assert tables.quartiles(spread, 1e3) == "2 (1.5-2.5)"
    assert tables.quartiles(timing.spread([0.01234])) == "0.0123"
    assert tables.quartiles(None) == "-"
    below, above = report.error_bars([spread], 1e3)
    np.testing.assert_allclose([below, above], [[0.5], [0.5]])


def test_processor_is_what_the_system_says(tmp_path):
    cpuinfo = tmp_path / "cpuinfo"
    without = machine.describe(str(cpuinfo))
    cpuinfo.write_text(
        "processor\t: 0\nmodel name\t: Some Xeon\n"
        "flags\t\t: fpu amx_bf16 avx2 sse avx512f\n"
    )

    described = machine.describe(str(cpuinfo))

    assert described["processor"] == "Some Xeon"
    assert described["features"] == ["avx2", "avx512f", "amx_bf16"]
    assert described["versions"]["tensorflow"] == tf.__version__
    assert "Some Xeon" in machine.sentence(described)
    assert without["processor"]
    assert without["features"] == []


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_peak_is_that_of_the_process_itself():
    """Not that of its parent: these tests hold more than it does."""
    ours, with_block = (
        float(
            subprocess.run(
                [
                    sys.executable,
                    "-c",
                    "from benchmarks.one_photo import peak_megabytes\n"
                    f"block = bytearray({size})\n"
                    "print(peak_megabytes())",
                ],
                capture_output=True,
                text=True,
                check=True,
                cwd=ROOT,
            ).stdout
        )
        for size in (0, 10**8)
    )

    assert ours < 100
    assert with_block - ours == pytest.approx(100, abs=5)
