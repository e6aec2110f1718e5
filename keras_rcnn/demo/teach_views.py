"""What the page of painting shows: photos, strokes and labels."""

import io
import shlex
import threading
import zlib
from typing import Any

import numpy as np
from PIL import Image

from keras_rcnn import SceneLabeler, load_model
from keras_rcnn.errors import InputError
from keras_rcnn.io.classes_file import Palette
from keras_rcnn.io.images import resize_labels, scale_down, scaled_size
from keras_rcnn.io.labels import IGNORE_LABEL
from keras_rcnn.models.scene_parser import SceneParser
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.teaching.learner import LONGEST_SIDE
from keras_rcnn.teaching.project import Project
from keras_rcnn.teaching.rounds import Rounds

# The page shows larger photos scaled down to these sizes.
SHOWN_SIDE, THUMBNAIL_SIDE = 1600, 160


class TeachViews:
    """Pictures of a project.

    Args:
        project: photos and strokes.
        rounds: give the newest model.
    """

    def __init__(self, project: Project, rounds: Rounds) -> None:
        self.project = project
        self.rounds = rounds
        self._running = threading.Lock()
        self._model: SceneParser | None = None
        self._labeler: SceneLabeler | None = None
        self._version = ""
        self._labels: dict[str, np.ndarray] = {}

    @property
    def version(self) -> str:
        """Of the newest model; empty if there is none."""
        newest = self.rounds.newest
        if newest is None:
            return ""
        try:
            changed = (newest / MODEL_FILE).stat().st_mtime_ns
        except FileNotFoundError:
            return ""
        colors = zlib.crc32(str(self.project.palette).encode())
        return f"{newest.name}.{changed}.{colors}"

    def state(self) -> dict[str, Any]:
        """All that the page shows besides pictures, ready for JSON."""
        project, rounds = self.project, self.rounds
        return {
            "folder": str(project.folder),
            "classes": [
                {"name": name, "color": f"#{bytes(color).hex()}"}
                for name, color in zip(
                    project.class_names, project.palette, strict=True
                )
            ],
            "photos": [
                {
                    "name": name,
                    "height": project.sizes[name][0],
                    "width": project.sizes[name][1],
                    "is_painted": bool(project.counts[name][:-1].any()),
                }
                for name in project.photos
            ],
            "version": self.version,
            "is_learning": rounds.is_learning,
            "status": rounds.status,
            "error": rounds.error,
            "commands": self.commands(),
        }

    def photo(self, name: str, longest_side: int = SHOWN_SIDE) -> bytes:
        """A photo as a JPEG file."""
        content = io.BytesIO()
        picture = scale_down(self.project.photo(name), longest_side)
        Image.fromarray(picture).save(content, "JPEG", quality=88)
        return content.getvalue()

    def strokes(self, name: str) -> bytes:
        """The painted pixels of a photo as a PNG file."""
        mask = self.project.mask(name)
        size = scaled_size(mask.shape[0], mask.shape[1], SHOWN_SIDE)
        return colored(resize_labels(mask, *size), self.project.palette)

    def labels(self, name: str) -> bytes:
        """The labels of a photo by the newest model, as a PNG file.

        Raises:
            InputError: if there is no model or no such photo.
        """
        with self._running:
            version = self.version
            if not version:
                raise InputError("There is no model yet: press Learn.")
            if version != self._version:
                self._load(version)
            if name not in self._labels:
                photo = scale_down(self.project.photo(name), LONGEST_SIDE)
                assert self._labeler
                self._labels[name] = self._labeler(photo)
        return colored(self._labels[name], self.project.palette)

    def _load(self, version: str) -> None:
        newest = self.rounds.newest
        assert newest
        model = load_model(newest)
        if self._model and self._model.get_config() == model.get_config():
            # The graph of the labeler stays, which takes seconds to build.
            self._model.set_weights(model.get_weights())
        else:
            self._model = model
            self._labeler = SceneLabeler(model, precision="float32")
        self._labels = {}
        self._version = version

    def commands(self) -> list[str]:
        """Commands that use what was painted and learned."""
        folder = self.project.folder

        def quoted(*names: str) -> str:
            return shlex.quote(str(folder.joinpath(*names)))

        lines = [f"keras-rcnn check --dataset=folder --data_dir={quoted()}"]
        newest = self.rounds.newest
        if newest:
            model = quoted("runs", newest.name)
            lines += [
                f"keras-rcnn label --model={model} --images={quoted('images')} "
                f"--output_dir={quoted('labels')}",
                f"keras-rcnn export --model_dir={model} "
                f"--litert={quoted('model.tflite')}",
            ]
        return lines


def colored(labels: np.ndarray, palette: Palette) -> bytes:
    """Labels as a PNG file with the colors of their classes.

    Unknown pixels are transparent.

    Args:
        labels: uint8 `(height, width)`.
        palette: of the classes.
    """
    picture = Image.fromarray(labels).convert("P")
    colors = np.zeros((IGNORE_LABEL + 1, 3), np.uint8)
    colors[: len(palette)] = np.reshape(palette, (-1, 3))
    picture.putpalette(colors.tobytes())
    content = io.BytesIO()
    picture.save(content, "PNG", transparency=IGNORE_LABEL)
    return content.getvalue()
