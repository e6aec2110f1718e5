"""How fast each method labels a photo, and how near that is to the best."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from benchmarks import networks
from benchmarks.cases import (
    Case,
    Runner,
    all_cases,
    count_labels,
    labeled_size,
    largest_convolution,
)
from benchmarks.report import bars, number, quartiles
from benchmarks.timing import interleave, spread
from keras_rcnn import RecurrentCNN


def measure(
    model: str | None = None,
    preset: str | None = None,
    sizes: Sequence[tuple[int, int]] = ((240, 320), (480, 640), (960, 1280)),
    resolutions: Sequence[int] | None = None,
    precisions: Sequence[str] = ("float32", "mixed_bfloat16"),
    repeats: int = 5,
    seconds: float = 6.0,
    longest_seconds: float = 60.0,
) -> list[dict[str, Any]]:
    """Times all methods at all resolutions and sizes.

    Args:
        model: folder or `.keras` file; the shipped one by default.
        preset: fresh weights of that preset instead.
        sizes: height and width of the photos, in pixels.
        resolutions: pixels from one computed label to the next; all that the
            network can have by default.
        precisions: of `fragments`; the other methods compute in float32.
        repeats: most runs of a case.
        seconds: time for the runs of a case.
        longest_seconds: a case that should take longer for one photo, going
            by the size before, is not run.

    Returns:
        A row for each method, precision, resolution and size.
    """
    network = networks.load(model, preset)
    if resolutions is None:
        stride = _stride(network)
        resolutions = [r for r in range(stride, 0, -1) if stride % r == 0]
    cases = list(all_cases(resolutions, precisions))
    runner = Runner(network, cases)
    rows: list[dict[str, Any]] = []
    a_pixel: dict[Case, float] = {}
    for height, width in sorted(sizes, key=math.prod):
        pixels = height * width
        expected = {case: pixels * a_pixel.get(case, 0.0) for case in cases}
        samples = interleave(
            {
                case: runner.prepare(case, height, width)
                for case in cases
                # Of those, only a few labels are computed.
                if case.method == "patches" or expected[case] <= longest_seconds
            },
            repeats,
            seconds,
            f"{height}x{width}",
        )
        for case, times in samples.items():
            a_pixel[case] = float(np.median(times)) / pixels
        photo = _Photo(height, width, samples, expected)
        rows += [_row(case, photo, runner) for case in _in_order(cases)]
    return rows


@dataclasses.dataclass(frozen=True)
class _Photo:
    """What was measured at one size.

    Args:
        height: in pixels.
        width: in pixels.
        samples: seconds of each case that ran.
        expected: seconds of each case, going by the size before.
    """

    height: int
    width: int
    samples: dict[Case, list[float]]
    expected: dict[Case, float]

    def median(self, case: Case) -> float | None:
        """Seconds, if it ran."""
        times = self.samples.get(case)
        return float(np.median(times)) if times else None


def _stride(network: RecurrentCNN) -> int:
    return network.geometry.output_stride(network.num_instances)


def _in_order(cases: Sequence[Case]) -> list[Case]:
    """As a table shows them: the slowest method first."""
    methods = ("patches", "shift_and_stitch", "fragments")
    return sorted(
        (case for case in cases if case.method in methods),
        key=lambda case: (methods.index(case.method), case.precision),
    )


def _row(case: Case, photo: _Photo, runner: Runner) -> dict[str, Any]:
    """The result of a case: what every case has, then what `fragments` has."""
    ours = photo.median(case)
    shifted = Case("shift_and_stitch", "float32", case.output_resolution)
    same = photo.median(shifted)
    one_forward = photo.median(
        shifted._replace(output_resolution=_stride(runner.network))
    )
    row = {
        **case._asdict(),
        "height": photo.height,
        "width": photo.width,
        "milliseconds": ours
        and spread([1e3 * second for second in photo.samples[case]]),
        "extrapolated_from_labels": _labels_computed(case, photo)
        if case.method == "patches"
        else None,
        "not_run_expected_seconds": None if ours else photo.expected[case],
        "nanoseconds_per_pixel": ours
        and 1e9 * ours / (photo.height * photo.width),
        "times_one_forward": ours and one_forward and ours / one_forward,
        "speed_up_over_shift_and_stitch": ours and same and same / ours,
    }
    if case.method == "fragments":
        row |= _arithmetic(case, photo, runner)
    return row


def _labels_computed(case: Case, photo: _Photo) -> int:
    size = labeled_size(case, photo.height, photo.width)
    return count_labels(*size, case.output_resolution)


def _arithmetic(case: Case, photo: _Photo, runner: Runner) -> dict[str, Any]:
    """Operations of `fragments`, a second, and those of a bare convolution."""
    convolutions = runner.convolutions(case, photo.height, photo.width)
    gigaflops = sum(one.operations for one in convolutions) / 1e9
    largest = largest_convolution(convolutions).operations / 1e9
    ours = photo.median(case)
    bare = photo.samples.get(case._replace(method="conv2d"))
    return {
        "gigaflops": gigaflops,
        "gigaflops_per_second": ours and gigaflops / ours,
        "conv2d_gigaflops": largest,
        "conv2d_best_milliseconds": bare and 1e3 * min(bare),
        "conv2d_best_gigaflops_per_second": bare and largest / min(bare),
    }


COLUMNS = {
    "method": lambda row: row["method"],
    "precision": lambda row: row["precision"],
    "photo": lambda row: f"{row['height']}x{row['width']}",
    "labels": lambda row: f"1/{row['output_resolution']}",
    "ms a photo": lambda row: _milliseconds(row),
    "ns a pixel": lambda row: number(row["nanoseconds_per_pixel"]),
    "x 1 forward": lambda row: number(row["times_one_forward"]),
    "speed-up": lambda row: number(row["speed_up_over_shift_and_stitch"]),
    "GFLOP/s": lambda row: number(row.get("gigaflops_per_second")),
    "conv2d": lambda row: number(row.get("conv2d_best_gigaflops_per_second")),
}
NOTES = """\
~: extrapolated from a few labels. -: not run, too long. x 1 forward: times
the one plain pass that labels each stride-th pixel. speed-up: over
shift-and-stitch. GFLOP/s: of the convolutions. conv2d: of the largest one
alone, its best run. Photos in one piece."""


def _milliseconds(row: dict[str, Any]) -> str:
    mark = "~" if row["extrapolated_from_labels"] else ""
    return mark + quartiles(row["milliseconds"])


def draw(rows: Sequence[dict[str, Any]]) -> Figure:
    """Milliseconds over resolution, a panel for each size."""
    sizes = list(dict.fromkeys((row["height"], row["width"]) for row in rows))
    figure = Figure(
        figsize=(1.5 + 3.5 * len(sizes), 4), dpi=120, layout="constrained"
    )
    panels = figure.subplots(1, len(sizes), sharey=True, squeeze=False)[0]
    for axes, (height, width) in zip(panels, sizes, strict=True):
        here = [
            row
            for row in rows
            if (row["height"], row["width"]) == (height, width)
            and row["milliseconds"]
        ]
        for name in dict.fromkeys(map(_name, here)):
            line = [row for row in here if _name(row) == name]
            spreads = [row["milliseconds"] for row in line]
            axes.errorbar(
                [f"1/{row['output_resolution']}" for row in line],
                [spread["median"] for spread in spreads],
                bars(spreads),
                marker="o",
                capsize=3,
                label=name,
            )
        axes.set_title(f"{height}x{width} pixels")
        axes.set_xlabel("labels computed")
        axes.grid(alpha=0.3)
    panels[0].set_yscale("log")
    panels[0].set_ylabel("ms a photo")
    handles, names = panels[0].get_legend_handles_labels()
    figure.legend(
        handles, names, loc="outside upper center", ncols=2, fontsize=8
    )
    return figure


def _name(row: dict[str, Any]) -> str:
    if row["method"] == "fragments":
        return f"fragments, {row['precision']}"
    mark = ", extrapolated" if row["extrapolated_from_labels"] else ""
    return row["method"] + mark
