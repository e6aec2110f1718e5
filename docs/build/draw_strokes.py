"""Draws the figure of docs/teach.md: accuracy over the number of strokes.

python -m docs.build.draw_strokes
"""

import json
import pathlib
import sys
from typing import Any

from benchmarks.report import write_figure
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule

matplotlib_figure = LazyModule("matplotlib.figure")

FLAGS = Flags()
FLAGS.add_string(
    "measured",
    "docs/measured/strokes_stanford.json",
    "Report of experiments.strokes.",
)
FLAGS.add_string("output", "docs/pictures/strokes.png", "File to write.")
NEEDS_TENSORFLOW = False


def main() -> None:
    """Writes the figure."""
    report = json.loads(pathlib.Path(FLAGS.measured).read_text())
    write_figure(pathlib.Path(FLAGS.output), draw_curve(report), dpi=150)
    print(FLAGS.output)


def draw_curve(report: dict[str, Any]) -> Any:
    """The accuracy after the first round, and that of whole masks."""
    figure = matplotlib_figure.Figure((6, 3.4), layout="constrained")
    panel = figure.subplots()
    for key, color in (("pixel_accuracy", "C0"), ("class_accuracy", "C1")):
        scores = {
            name: 100 * curve[0][key]
            for name, curve in report["curves"].items()
        }
        whole = scores.pop("masks")
        name = key.replace("_", " ")
        counts = sorted(map(int, scores))
        values = [scores[str(count)] for count in counts]
        panel.plot(counts, values, "o-", color=color, label=name)
        panel.axhline(
            whole, color=color, linestyle="--", label=f"{name}, whole masks"
        )
    panel.set_xscale("log")
    panel.set_xticks(counts, map(str, counts), minor=False)
    panel.set_xticks([], minor=True)
    panel.set(
        xlabel=f"strokes on each of {report['painted']} photos",
        ylabel="%",
    )
    panel.legend(fontsize=8)
    panel.grid(alpha=0.3)
    return figure


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
