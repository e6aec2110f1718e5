"""Rounds of painting and learning without a person."""

import pathlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from benchmarks.peers.runs import ProcessorBudget
from experiments.stroke_painter import strokes
from keras_rcnn import SceneLabeler, load_model
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.images import encode_png, scale_down, write_png
from keras_rcnn.metrics import ConfusionMatrix
from keras_rcnn.teaching.learner import LONGEST_SIDE, learn
from keras_rcnn.teaching.project import Project
from keras_rcnn.teaching.strokes import Stroke

Photo = tuple[np.ndarray, np.ndarray]


class Taught:
    """A project that is painted on by a script.

    Args:
        folder: empty.
        classes: names and colors.
        seed: of strokes and weights.
        model: network to begin with; None for a fresh one.
    """

    def __init__(
        self,
        folder: pathlib.Path,
        classes: Any,
        seed: int,
        model: str | None = None,
    ) -> None:
        self.project = Project(folder)
        self.project.set_classes(*classes)
        self.seed = seed
        self.rng = np.random.default_rng(seed)
        self.strokes = 0
        self.first = model
        self.model: pathlib.Path | None = None

    def round(
        self,
        photos: Sequence[Photo],
        count: int | None,
        seconds: float,
        tested: Sequence[Photo],
    ) -> dict[str, Any]:
        """Paints on photos and learns; returns scores on other photos.

        Args:
            photos: to paint on, and the truth about them.
            count: number of strokes on each photo, which are painted where
                the model is wrong, if there is one; None for the whole masks.
            seconds: processor time to learn.
            tested: photos to score.
        """
        guess = self.labeler()
        for image, truth in photos:
            name = self.project.add_photo(
                f"photo_{len(self.project.photos)}.png", encode_png(image)
            )
            if count is None:
                write_png(self.project.mask_file(name), truth)
                self.project.refresh(name)
                continue
            mask = self.project.mask(name)
            labels = guess(image) if guess else None
            for stroke in strokes(mask, truth, count, self.rng, labels):
                self.paint(name, stroke)
        budget = ProcessorBudget(minutes=seconds / 60)
        runs = make_folder(self.project.folder / "runs")
        folder = runs / str(1 + len(list(runs.iterdir())))
        start_from = self.model or self.first
        learn(self.project, folder, budget, start_from, seed=self.seed)
        self.model = folder
        return {
            "strokes": self.strokes,
            "painted_photos": len(self.project.painted),
            "painted_pixels": self.painted_pixels(),
            "steps": int(budget.steps),
            "processor_seconds": float(budget.seconds),
            **self.scores(tested),
        }

    def paint(self, name: str, stroke: Stroke) -> None:
        """Paints a stroke, as the page does."""
        self.project.paint(name, stroke)
        self.strokes += 1

    def painted_pixels(self) -> float:
        """The part of the pixels of the painted photos that are painted."""
        counts = [self.project.counts[name] for name in self.project.painted]
        total = np.sum(counts, axis=0)
        return float(1 - total[-1] / total.sum())

    def labeler(self) -> SceneLabeler | None:
        """Labels photos by the newest model, if there is one."""
        return SceneLabeler(load_model(self.model)) if self.model else None

    def scores(self, tested: Sequence[Photo]) -> dict[str, float]:
        """Accuracy of all pixels, and its mean over the classes."""
        labeler = self.labeler()
        matrix = ConfusionMatrix(len(self.project.class_names))
        assert labeler
        for image, truth in tested:
            matrix.update(truth, labeler(scale_down(image, LONGEST_SIDE)))
        return {
            "pixel_accuracy": matrix.pixel_accuracy,
            "class_accuracy": matrix.class_accuracy,
        }
