"""What the paper reports of its own networks, and of the best of the others.

Source: Pinheiro & Collobert, arXiv:1306.2795, tables 3, 4 and 5. Stanford
Background by five-fold cross-validation, SIFT Flow on its test split.
"""

from typing import NamedTuple


class PaperRow(NamedTuple):
    """A network as it labels, and the paper's scores in percent."""

    system: str
    num_instances: int
    output_resolution: int
    pixel_accuracy: float | None
    class_accuracy: float | None

    @property
    def key(self) -> str:
        """Under which results hold our score of this row."""
        return f"{self.num_instances} at 1/{self.output_resolution}"

    @property
    def accuracies(self) -> str:
        """Pixels and classes right, as tables have them."""
        return " / ".join(
            "-" if value is None else f"{value}"
            for value in (self.pixel_accuracy, self.class_accuracy)
        )


# By data set and preset; the last row of each is the one to beat.
PAPER_ROWS: dict[tuple[str, str], tuple[PaperRow, ...]] = {
    ("stanford_background", "plain"): (PaperRow("plain", 1, 1, 79.5, 69.5),),
    ("stanford_background", "rcnn1"): (
        PaperRow("CNN1", 1, 1, 67.9, 58.0),
        PaperRow("rCNN1", 2, 1, 79.4, 69.5),
    ),
    ("stanford_background", "rcnn2"): (
        PaperRow("CNN2", 1, 1, 15.3, 14.7),
        PaperRow("rCNN2", 2, 1, 76.2, 67.2),
        PaperRow("rCNN2", 3, 8, 78.4, None),
        PaperRow("rCNN2", 3, 4, 79.3, None),
        PaperRow("rCNN2", 3, 2, 79.8, 69.3),
        PaperRow("rCNN2", 3, 1, 80.2, 69.9),
    ),
    ("sift_flow", "plain_sift_flow"): (PaperRow("plain", 1, 1, 76.5, 31.0),),
    ("sift_flow", "rcnn1"): (
        PaperRow("CNN1", 1, 1, 51.8, 17.4),
        PaperRow("rCNN1", 2, 1, 76.2, 29.2),
    ),
    ("sift_flow", "rcnn2"): (
        PaperRow("CNN2", 1, 1, None, None),
        PaperRow("rCNN2", 2, 1, 65.5, 20.8),
        PaperRow("rCNN2", 3, 8, None, None),
        PaperRow("rCNN2", 3, 4, None, None),
        PaperRow("rCNN2", 3, 2, None, None),
        PaperRow("rCNN2", 3, 1, 77.7, 29.8),
    ),
}
# Of networks that the paper does not have.
_PYRAMID = tuple(
    PaperRow("pyramid", instances, resolution, None, None)
    for instances, resolution in ((1, 32), (2, 16), (3, 8), (4, 4))
)
PAPER_ROWS |= {
    ("stanford_background", "pyramid"): _PYRAMID,
    ("sift_flow", "pyramid"): _PYRAMID,
}

BEST_OTHER_SYSTEM = {
    "stanford_background": (81.9, 76.0),
    "sift_flow": (78.5, 29.6),
}


def paper_rows(dataset: str, preset: str) -> tuple[PaperRow, ...]:
    """The rows to fill with our own scores; none for other data."""
    return PAPER_ROWS.get((dataset, preset), ())
