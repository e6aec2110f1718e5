"""The networks that visitors can choose."""

import pathlib
import threading
import time
from collections.abc import Iterable

import numpy as np

from keras_rcnn import SceneLabeler, load_model
from keras_rcnn.demo.photo import Labeling, Photo, Settings
from keras_rcnn.errors import InputError
from keras_rcnn.labeling.labeler import TooLargeError
from keras_rcnn.models import SceneParser
from keras_rcnn.models.zoo import MODEL_FILE


class Networks:
    """Labels photos by several networks, each photo once for each setting.

    Args:
        models: at least one network, by name.
    """

    def __init__(self, models: dict[str, SceneParser]) -> None:
        self.models = models
        self._running = threading.Lock()
        self._labelers: dict[tuple[str, int, int], SceneLabeler] = {}

    @classmethod
    def load(cls, paths: Iterable[str | pathlib.Path]) -> "Networks":
        """Loads networks and names them by their folders or files.

        Args:
            paths: names of shipped networks, folders that hold a
                `model.keras`, or `.keras` files.

        Raises:
            InputError: if there are no paths, or one cannot be read.
        """
        models = {}
        for given in paths:
            path = pathlib.Path(given)
            is_alone = path.suffix == ".keras" and path.name != MODEL_FILE
            folder = path.parent if path.name == MODEL_FILE else path
            name = path.stem if is_alone else folder.resolve().name
            models[str(path) if name in models else name] = load_model(given)
        if not models:
            raise InputError("There is no network: give models=.")
        return cls(models)

    def instances(self, name: str) -> list[int]:
        """The numbers of instances that a network can apply: 1, 2, ..."""
        return list(range(1, self.models[name].num_instances + 1))

    def resolutions(self, name: str) -> list[int]:
        """The output resolutions that a network can compute, in pixels."""
        return list(reversed(self.models[name].resolutions()))

    def fit(self, settings: Settings) -> Settings:
        """The nearest settings that the network supports."""
        name = settings.model
        instances = min(settings.num_instances, self.instances(name)[-1])
        model = self.models[name]
        resolution = model.nearest_resolution(
            instances, settings.output_resolution
        )
        return settings._replace(
            # A pyramid computes no more instances than a resolution needs.
            num_instances=model.resolutions(instances)[resolution],
            output_resolution=resolution,
        )

    def label(self, photo: Photo, settings: Settings) -> Labeling:
        """Labels a photo, or returns the labels from the first time.

        Args:
            photo: photo to label; it stores the labels.
            settings: settings that the network supports, see `fit`.

        Raises:
            InputError: if the photo is too large for the memory.
        """
        # One photo at a time: each takes all cores of a small machine.
        with self._running:
            if settings not in photo.labelings:
                photo.labelings[settings] = self._run(photo, settings)
        return photo.labelings[settings]

    def _run(self, photo: Photo, settings: Settings) -> Labeling:
        image = photo.scaled(settings.longest_side)
        labeler = self._labeler(settings)
        start = time.perf_counter()
        try:
            labels = labeler(image)
        except TooLargeError as error:
            raise InputError(
                f"{photo.name} is too large for the memory: choose a smaller "
                "size or a coarser resolution."
            ) from error
        return Labeling(labels, time.perf_counter() - start)

    def _labeler(self, settings: Settings) -> SceneLabeler:
        model, _, resolution, instances = settings
        choice = model, resolution, instances
        if choice not in self._labelers:
            labeler = SceneLabeler(
                self.models[model],
                output_resolution=resolution,
                num_instances=instances,
            )
            # Builds the graph, which does not count as time of a photo.
            labeler(np.zeros((1, 1, 3), np.uint8))
            self._labelers[choice] = labeler
        return self._labelers[choice]
