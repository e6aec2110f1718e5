"""What all networks of this package have in common."""

import abc
from collections.abc import Sequence
from typing import Any, Self

import keras

from keras_rcnn.errors import InputError, printable
from keras_rcnn.models.instance_supervision import InstanceSupervision
from keras_rcnn.models.presets import PRESETS, get_preset
from keras_rcnn.models.zoo import shipped_file, shipped_networks


class SceneParser(InstanceSupervision):
    """A network that scores the classes of a photo in several instances.

    Attributes:
        class_names: one for each class.
        palette: red, green, blue (0 to 255) of each class.
        num_instances: how many instances are computed, unless a call gives a
            number.
    """

    class_names: tuple[str, ...]
    palette: tuple[tuple[int, ...], ...]

    @property
    @abc.abstractmethod
    def num_classes(self) -> int:
        """Number of classes."""

    @abc.abstractmethod
    def check_instances(self, num_instances: int) -> None:
        """Refuses a number of instances that the network cannot compute."""

    @abc.abstractmethod
    def choose(
        self, num_instances: int | None, output_resolution: int | None
    ) -> tuple[int, int]:
        """Returns how many instances to compute and at which resolution.

        Args:
            num_instances: None for the network's own choice.
            output_resolution: pixels from one computed label to the next; None
                for the finest.

        Raises:
            InputError: if the network cannot compute this.
        """

    @abc.abstractmethod
    def resolutions(self, num_instances: int | None = None) -> dict[int, int]:
        """The output resolutions that can be chosen, the finest first.

        Args:
            num_instances: at most; None for the network's own number.

        Returns:
            The number of instances that each one computes.
        """

    @abc.abstractmethod
    def nearest_resolution(
        self, num_instances: int, output_resolution: int
    ) -> int:
        """The resolution nearest to a wanted one for a number of instances."""

    @abc.abstractmethod
    def copy(self, dtype: str) -> Self:
        """The same network in another precision, normalizations folded."""

    @abc.abstractmethod
    def with_classes(self, num_classes: int, **kwargs: Any) -> Self:
        """A network with these hidden layers and a classifier for new classes.

        Args:
            num_classes: number of classes.
            **kwargs: more arguments of `from_preset`.
        """

    @classmethod
    @abc.abstractmethod
    def from_entry(cls, entry: Any, num_classes: int, **kwargs: Any) -> Self:
        """A network of an entry of `PRESETS`, with fresh weights."""

    @classmethod
    def from_preset(
        cls,
        preset: str,
        num_classes: int | None = None,
        class_names: Sequence[str] | None = None,
        palette: Sequence[Sequence[int]] | None = None,
        **kwargs: Any,
    ) -> Self:
        """A network with fresh weights, or a trained network.

        Args:
            preset: one of `PRESETS`; or the name of a shipped network, see
                `shipped_networks`. The name `plain_sift_flow` is both; with
                classes it is the network of the paper.
            num_classes: of a new network. A shipped network keeps its classes
                if neither this nor `class_names` is given; else it keeps its
                trained hidden layers and gets a new classifier.
            class_names: one for each class.
            palette: red, green, blue (0 to 255) of each class.
            **kwargs: more arguments of the network; `stages` of a
                `RecurrentCNN`, instead of the hidden stages of the preset.

        Raises:
            InputError: if there is no such preset, it is of another kind of
                network, or the number of classes is missing.
        """
        if num_classes is None and class_names is not None:
            num_classes = len(class_names)
        classes = {"class_names": class_names, "palette": palette}
        if preset in shipped_networks() and not (
            preset in PRESETS and num_classes
        ):
            file = shipped_file(preset)
            trained = keras.saving.load_model(file, compile=False)
            _check_kind(preset, type(trained).__name__, cls)
            if num_classes:
                return trained.with_classes(num_classes, **classes, **kwargs)
            return (
                trained.copy(kwargs["dtype"]) if "dtype" in kwargs else trained
            )
        entry = get_preset(preset, shipped_networks())
        _check_kind(preset, entry.network, cls)
        if num_classes is None:
            raise InputError(
                f"The preset {preset!r} has no classes of its own: give "
                "num_classes= or class_names=."
            )
        return cls.from_entry(entry, num_classes, **classes, **kwargs)


def _check_kind(preset: str, network: str, cls: type) -> None:
    if cls.__name__ != network:
        raise InputError(
            f"The preset {preset!r} is a {network}: call {network}.from_preset."
        )


def names_and_colors(
    count: int,
    class_names: Sequence[str] | None,
    palette: Sequence[Sequence[int]] | None,
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    """Names and colors of classes, made up where they are missing.

    Raises:
        ValueError: if there are not as many as classes, or they are not
            texts and colors.
    """
    class_names = class_names or [f"class_{index}" for index in range(count)]
    palette = palette or [(255 * index // count,) * 3 for index in range(count)]
    if not len(class_names) == len(palette) == count:
        raise ValueError(
            f"{count} classes need as many names and colors, not "
            f"{len(class_names)} and {len(palette)}."
        )
    if [printable(name) for name in class_names] != list(class_names):
        raise ValueError(
            "Names of classes are texts without control characters, not "
            f"{class_names!r}."
        )
    if not all(len(bytes(map(int, color))) == 3 for color in palette):
        raise ValueError("A color is red, green and blue, 0 to 255 each.")
    return tuple(class_names), tuple(tuple(map(int, c)) for c in palette)
