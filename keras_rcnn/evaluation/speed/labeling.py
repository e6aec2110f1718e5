"""How fast each method labels a photo, and how near that is to the best."""

import dataclasses
import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.evaluation.speed import networks
from keras_rcnn.evaluation.speed.cases import (
    Case,
    Runner,
    all_cases,
    count_labels,
    labeled_size,
    largest_convolution,
)
from keras_rcnn.evaluation.speed.tables import number, quartiles
from keras_rcnn.evaluation.speed.timing import interleave, spread
from keras_rcnn.models.scene_parser import SceneParser

METHODS = ("patches", "shift_and_stitch", "fragments")


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
        model: folder or `.keras` file; a shipped network by default.
        preset: name of a preset, for a network with fresh weights instead.
        sizes: height and width of the photos, in pixels.
        resolutions: pixels from one computed label to the next; all that are
            possible with the network by default.
        precisions: precisions of `fragments`; the other methods compute in
            float32.
        repeats: maximum number of runs of a case.
        seconds: time for the runs of a case.
        longest_seconds: a case is left out if it would take longer for one
            photo, as estimated from the next smaller size.

    Returns:
        A row for each method, precision, resolution and size.
    """
    network = networks.load(model, preset)
    if resolutions is None:
        resolutions = list(reversed(network.resolutions()))
    cases = list(all_cases(network, resolutions, precisions))
    runner = Runner(network, cases)
    rows: list[dict[str, Any]] = []
    seconds_per_pixel: dict[Case, float] = {}
    for height, width in sorted(sizes, key=math.prod):
        pixels = height * width
        expected = {
            case: pixels * seconds_per_pixel.get(case, 0.0) for case in cases
        }
        samples = interleave(
            {
                case: runner.prepare(case, height, width)
                for case in cases
                if case.method == "patches" or expected[case] <= longest_seconds
            },
            repeats,
            seconds,
            f"{height}x{width}",
        )
        for case, times in samples.items():
            seconds_per_pixel[case] = float(np.median(times)) / pixels
        photo = _Photo(height, width, samples, expected)
        rows += [
            _row(case, photo, runner)
            for case in sorted(cases, key=_place)
            if case.method in METHODS
        ]
    return rows


@dataclasses.dataclass(frozen=True)
class _Photo:
    """The measurements at one size.

    Args:
        height: in pixels.
        width: in pixels.
        samples: seconds of each case that ran.
        expected: seconds of each case, as estimated from the smaller size.
    """

    height: int
    width: int
    samples: dict[Case, list[float]]
    expected: dict[Case, float]

    def median(self, case: Case) -> float | None:
        """Seconds, if the case ran."""
        times = self.samples.get(case)
        return float(np.median(times)) if times else None


def _stride(network: SceneParser) -> int:
    return network.geometry.output_stride(network.num_instances)


def _place(case: Case) -> tuple[int, str]:
    """Place in the table: the slowest method first."""
    return [*METHODS, "conv2d"].index(case.method), case.precision


def _row(case: Case, photo: _Photo, runner: Runner) -> dict[str, Any]:
    """The result of a case."""
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
    """Arithmetic rate of `fragments` and of its largest convolution alone."""
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


def _milliseconds(row: dict[str, Any]) -> str:
    mark = "~" if row["extrapolated_from_labels"] else ""
    return mark + quartiles(row["milliseconds"])


COLUMNS = {
    "method": lambda row: row["method"],
    "precision": lambda row: row["precision"],
    "photo": lambda row: f"{row['height']}x{row['width']}",
    "labels": lambda row: f"1/{row['output_resolution']}",
    "ms a photo": _milliseconds,
    "ns a pixel": lambda row: number(row["nanoseconds_per_pixel"]),
    "x 1 forward": lambda row: number(row["times_one_forward"]),
    "speed-up": lambda row: number(row["speed_up_over_shift_and_stitch"]),
    "GFLOP/s": lambda row: number(row.get("gigaflops_per_second")),
    "conv2d": lambda row: number(row.get("conv2d_best_gigaflops_per_second")),
}
NOTES = """\
~: extrapolated from a few labels. -: not run, would take too long. x 1 forward:
relative to one plain pass, which labels each stride-th pixel. speed-up: over
shift-and-stitch. GFLOP/s: of all convolutions. conv2d: of the largest one
alone, its best run. Photos are labeled in one piece."""
