"""The estimates as tables in Markdown."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from benchmarks.scaling_plan.network import Network
from benchmarks.scaling_plan.simulation import Photo, simulate
from keras_rcnn.reports.markdown import markdown_table

Rows = Sequence[Mapping[str, Any]]
DAY = 86_400
MILLION, BILLION = 10**6, 10**9
WORKERS = (1, 10, 100, 1_000, 10_000)
# Gradients of rCNN2 for 8 classes, float32.
GRADIENT_BYTES = 4 * 98_083
CROPS = 4


class Choice(NamedTuple):
    """A way to label photos, and its cost on one core."""

    name: str
    photo: Photo
    megabytes: float


def choices(rows: Rows) -> Iterator[Choice]:
    """All resolutions and precisions, with files of the first size."""
    for model in _parts(rows, "model"):
        yield _choice(rows, model, _parts(rows, "decode")[0])


def core_hours(rows: Rows) -> str:
    """Cores and hours for a million and for a billion photos."""
    lines = []
    for choice in choices(rows):
        seconds = choice.photo.core_seconds
        workers = BILLION * seconds / DAY
        lines.append(
            [
                choice.name,
                f"{1e3 * seconds:.1f}",
                f"{MILLION * seconds / 3600:,.1f}",
                f"{BILLION * seconds / 3600:,.0f}",
                f"{workers:,.0f}",
                f"{workers * choice.megabytes / 1e6:,.1f}",
            ]
        )
    header = (
        "labels computed, precision",
        "core-ms a photo",
        "core-hours, 10^6",
        "core-hours, 10^9",
        "cores for 10^9 in a day",
        "their memory, TB",
    )
    return markdown_table(header, lines)


def storage(rows: Rows) -> str:
    """Sizes of the files."""
    files = [
        (f"JPEG files, {row['height']}x{row['width']}", row["bytes"])
        for row in _parts(rows, "decode")
    ]
    files.append(("label PNGs, 240x320", _parts(rows, "encode")[0]["bytes"]))
    lines = [
        [
            name,
            f"{size / 1e3:.1f}",
            f"{MILLION * size / 1e9:,.1f}",
            f"{BILLION * size / 1e12:,.1f}",
        ]
        for name, size in files
    ]
    return markdown_table(("files", "KB each", "GB, 10^6", "TB, 10^9"), lines)


def bottlenecks(rows: Rows, link: float) -> str:
    """Simulated photos per second of more and more workers.

    Args:
        rows: measurements of the suite `corpus`.
        link: bytes per second that the workers share.
    """
    lines = []
    for name, photo in extremes(rows):
        outcomes = [simulate(photo, count, link) for count in WORKERS]
        lines.append([name, *map(str, outcomes)])
    return markdown_table(
        ("photos a second, by workers", *(f"{count:,}" for count in WORKERS)),
        lines,
    )


def extremes(rows: Rows) -> list[tuple[str, Photo]]:
    """The slowest choice, the fastest one, and the fastest with large files."""
    small, *_, large = _parts(rows, "decode")
    ordered = sorted(
        _parts(rows, "model"), key=lambda row: row["seconds"]["median"]
    )
    fast, slow = ordered[0], ordered[-1]
    return [
        (
            f"{_name(model)}, {decode['height']}x{decode['width']}",
            _choice(rows, model, decode).photo,
        )
        for model, decode in ((slow, small), (fast, small), (fast, large))
    ]


def training(networks: Sequence[Network], crop_seconds: float) -> str:
    """Speed-up of synchronous training with four crops a worker and step.

    Args:
        networks: networks between the workers.
        crop_seconds: seconds of one core for a crop.
    """
    counts = (2, 8, 32, 128)
    computing = CROPS * crop_seconds
    lines = []
    for network in networks:
        cells = []
        for count in counts:
            waiting = network.allreduce_seconds(count, GRADIENT_BYTES)
            step = computing + waiting
            speed_up = count * computing / step
            cells.append(f"{speed_up:.1f} ({100 * waiting / step:.1f} %)")
        lines.append([network.name, *cells])
    return markdown_table(
        ("crops a second, by workers", *map(str, counts)),
        lines,
    )


def _parts(rows: Rows, part: str) -> list[Mapping[str, Any]]:
    return [row for row in rows if row["part"] == part]


def _choice(
    rows: Rows, model: Mapping[str, Any], decode: Mapping[str, Any]
) -> Choice:
    (encode,) = _parts(rows, "encode")
    photo = Photo(
        decode["seconds"]["median"],
        model["seconds"]["median"],
        encode["seconds"]["median"],
        decode["bytes"],
        encode["bytes"],
    )
    return Choice(_name(model), photo, model["peak_megabytes"])


def _name(model: Mapping[str, Any]) -> str:
    precision = model["precision"].removeprefix("mixed_")
    return f"1/{model['output_resolution']}, {precision}"
