"""The networks that visitors choose from."""

import pathlib
import threading
import time
from collections.abc import Iterable

import numpy as np

from keras_rcnn import RecurrentCNN, SceneLabeler, load_model
from keras_rcnn.demo.photo import Labeling, Photo, Settings
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.models.saving import MODEL_FILE


class Networks:
    """Labels photos by any of some networks, each photo once for each setting.

    Args:
        models: by their names, at least one.
    """

    def __init__(self, models: dict[str, RecurrentCNN]) -> None:
        self.models = models
        self._running = threading.Lock()
        self._labelers: dict[tuple[str, int, int], SceneLabeler] = {}

    @classmethod
    def load(cls, paths: Iterable[str | pathlib.Path]) -> "Networks":
        """Loads networks and names them by their folders.

        Args:
            paths: folders that hold a `model.keras`, or such files.

        Raises:
            InputError: if there is none, or one cannot be read.
        """
        models = {}
        for path in map(pathlib.Path, paths):
            is_alone = path.suffix == ".keras" and path.name != MODEL_FILE
            folder = path.parent if path.name == MODEL_FILE else path
            name = path.stem if is_alone else folder.resolve().name
            models[str(path) if name in models else name] = load_model(path)
        if not models:
            raise InputError("There is no model: give --models=FOLDER.")
        return cls(models)

    def instances(self, name: str) -> list[int]:
        """How often this network can be applied: 1, 2, ..."""
        return list(range(1, self.models[name].num_instances + 1))

    def resolutions(self, name: str) -> list[int]:
        """Pixels from one label to the next that this network can do."""
        stride = self._stride(name, self.models[name].num_instances)
        return [step for step in range(stride, 0, -1) if stride % step == 0]

    def fit(self, settings: Settings) -> Settings:
        """The settings, or those nearest to them that the network can do."""
        name = settings.model
        instances = min(settings.num_instances, self.instances(name)[-1])
        stride = self._stride(name, instances)
        finer = range(min(settings.output_resolution, stride), 0, -1)
        resolution = next(step for step in finer if stride % step == 0)
        return settings._replace(
            num_instances=instances, output_resolution=resolution
        )

    def label(self, photo: Photo, settings: Settings) -> Labeling:
        """The labels of a photo; the network runs if they are new.

        Args:
            photo: keeps its labels.
            settings: that the network can do, see `fit`.

        Raises:
            InputError: if the photo is too large for the memory.
        """
        # One at a time, as it takes all cores of a small machine.
        with self._running:
            if settings not in photo.labelings:
                photo.labelings[settings] = self._run(photo, settings)
        return photo.labelings[settings]

    def _run(self, photo: Photo, settings: Settings) -> Labeling:
        image = photo.scaled(settings.longest_side)[np.newaxis]
        labeler = self._labeler(settings)
        start = time.perf_counter()
        try:
            labels = labeler(image)[0]
        except TooLargeError as error:
            raise InputError(
                f"{photo.name} is too large for the memory: choose a smaller "
                "size or a coarser resolution."
            ) from error
        return Labeling(labels, time.perf_counter() - start)

    def _stride(self, name: str, instances: int) -> int:
        return self.models[name].geometry.output_stride(instances)

    def _labeler(self, settings: Settings) -> SceneLabeler:
        choice = (
            settings.model,
            settings.output_resolution,
            settings.num_instances,
        )
        if choice not in self._labelers:
            labeler = SceneLabeler(
                self.models[settings.model],
                output_resolution=settings.output_resolution,
                num_instances=settings.num_instances,
            )
            # What is built at first is no part of the time that a photo takes.
            labeler(np.zeros((1, 1, 1, 3), np.uint8))
            self._labelers[choice] = labeler
        return self._labelers[choice]
