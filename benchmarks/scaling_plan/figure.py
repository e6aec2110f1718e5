"""Photos per second over the number of workers."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from benchmarks.report import new_figure
from benchmarks.scaling_plan.simulation import Photo, simulate

COUNTS = tuple(round(10 ** (index / 3)) for index in range(13))


def draw(cases: Sequence[tuple[str, Photo]], link: float) -> Figure:
    """A line for each case, with marks where the link is the bottleneck.

    Args:
        cases: names and photos.
        link: bytes per second that the workers share.
    """
    figure, (axes,) = new_figure(7, 4.5)
    for name, photo in cases:
        outcomes = [simulate(photo, count, link) for count in COUNTS]
        speeds = [outcome.photos_per_second for outcome in outcomes]
        (line,) = axes.plot(COUNTS, speeds, marker="o", label=name)
        full = [
            (count, outcome.photos_per_second)
            for count, outcome in zip(COUNTS, outcomes, strict=True)
            if outcome.bottleneck in ("fetching", "storing")
        ]
        if full:
            axes.plot(
                *zip(*full, strict=True),
                "s",
                markersize=9,
                color=line.get_color(),
                label="  limited by the link",
            )
    axes.set(
        xscale="log",
        yscale="log",
        xlabel="workers of one core",
        ylabel="photos a second",
        title=f"A link of {8 * link / 1e9:.0f} Gbit/s",
    )
    axes.grid(alpha=0.3)
    axes.legend()
    return figure
