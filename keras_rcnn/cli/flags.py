"""The flags of a command, and groups of flags that several commands share."""

import math
import pathlib
from collections.abc import Sequence
from typing import Any

from absl import flags

import keras_rcnn
from keras_rcnn.cli import list_flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError

photo_files = LazyModule("keras_rcnn.io.photo_files")

DATASETS = ("stanford_background", "sift_flow", "folder", "synthetic")
SPLITS = ("train", "test", "all")
GROUPINGS = ("folder", "prefix", "near_duplicates")


class Flags(flags.FlagValues):
    """The flags of one command, apart from those of all other commands.

    Flags may stand before and after other arguments. Each `add` method takes
    the name, the default value and the help text of a flag. A flag with
    `required=True` has to be given.
    """

    def add_string(
        self, name: str, default: Any, text: str, **options: Any
    ) -> None:
        """Adds a flag that takes any text."""
        flags.DEFINE_string(name, default, text, flag_values=self, **options)

    def add_strings(
        self, name: str, default: Any, text: str, **options: Any
    ) -> None:
        """Adds a flag that takes any text and may be repeated."""
        flags.DEFINE_multi_string(
            name, default, text, flag_values=self, **options
        )

    def add_list(self, name: str, text: str) -> None:
        """Adds a list of texts."""
        self._add_list(name, None, text, flags.ArgumentParser())

    def add_integers(self, name: str, text: str) -> None:
        """Adds a list of integers of at least 0."""
        self._add_list(name, None, text, flags.IntegerParser(lower_bound=0))

    def add_joined(self, name: str, text: str) -> None:
        """Adds a text that has to be given; commas join repeated ones."""
        flag = list_flags.JoinedFlag(
            flags.ArgumentParser(), flags.ArgumentSerializer(), name, None, text
        )
        flags.DEFINE_flag(flag, self, required=True)

    def add_bool(self, name: str, default: bool | None, text: str) -> None:
        """Adds a flag that is given as --name or --noname."""
        flags.DEFINE_bool(name, default, text, flag_values=self)

    def add_integer(
        self,
        name: str,
        default: int | None,
        text: str,
        at_least: int | None = 1,
        **options: Any,
    ) -> None:
        """Adds a flag that takes an integer of at least `at_least`."""
        flags.DEFINE_integer(
            name, default, text, at_least, flag_values=self, **options
        )

    def add_float(
        self, name: str, default: Any, text: str, **bounds: float
    ) -> None:
        """Adds a flag that takes a finite number."""
        flags.DEFINE_float(name, default, text, flag_values=self, **bounds)
        self.check(name, _is_finite, "give a finite number")

    def add_floats(
        self, name: str, default: list[float] | None, text: str
    ) -> None:
        """Adds a list of finite numbers."""
        self._add_list(name, default, text, list_flags.FiniteParser())

    def add_enum(
        self,
        name: str,
        default: Any,
        values: Sequence[str],
        text: str,
        **options: Any,
    ) -> None:
        """Adds a flag that takes one of the given values."""
        flags.DEFINE_enum(
            name, default, values, text, flag_values=self, **options
        )

    def add_multi_enum(
        self, name: str, values: Sequence[str], text: str
    ) -> None:
        """Adds a list of some of the given values."""
        self._add_list(name, None, text, flags.EnumParser(values))

    def _add_list(
        self, name: str, default: Any, text: str, parser: Any
    ) -> None:
        flag = list_flags.ListFlag(
            parser, flags.ArgumentSerializer(), name, default, text
        )
        flags.DEFINE_flag(flag, self)

    def add_alias(self, name: str, flag: str) -> None:
        """Adds another name of a flag."""
        flags.DEFINE_alias(name, flag, flag_values=self)

    def check(self, name: str, is_valid: Any, message: str) -> None:
        """Refuses values of a flag that `is_valid` returns False for."""
        flags.register_validator(name, is_valid, message, flag_values=self)

    def check_together(
        self, names: Sequence[str], is_valid: Any, message: str
    ) -> None:
        """As `check`; `is_valid` takes a dictionary of several values."""
        flags.register_multi_flags_validator(
            names, is_valid, message, flag_values=self
        )


def add_report(values: Flags, content: str = "the figures") -> None:
    """Adds the flag for a machine-readable report."""
    values.add_string("report", None, f"JSON file for {content}.")


def add_longest_side(values: Flags) -> None:
    """Adds the flag that scales photos down before they are labeled."""
    values.add_integer(
        "longest_side",
        None,
        "Scale larger photos down to this many pixels to label them.",
    )


def add_images(values: Flags) -> None:
    """Adds the flag that names photos of the user's own."""
    values.add_strings(
        "images",
        None,
        "Photos: files, patterns such as 'photos/*.jpg', folders (the photos "
        "directly in them) or text files with a photo a line, separated by "
        "commas or with the flag repeated. Arguments without a flag are "
        "photos as well.",
    )


def find_photos(
    values: Flags,
    arguments: Sequence[str],
    purpose: str,
    **choices: Any,
) -> list[pathlib.Path]:
    """The photos that the flag of `add_images` and the arguments name.

    Args:
        values: flags of the command.
        arguments: its arguments without a flag.
        purpose: for the error.
        **choices: of `keras_rcnn.io.photo_files.find_photos`.

    Raises:
        InputError: if there are none; it says that there are none to `purpose`.
    """
    named = photo_files.split_at_commas(values.images or [])
    photos: list[pathlib.Path] = photo_files.find_photos(
        [*named, *arguments], **choices
    )
    if not photos:
        raise InputError(
            f"There are no photos to {purpose}: give --images=FILE, a pattern "
            "or a folder."
        )
    return photos


def add_server(values: Flags, port: int, text: str) -> None:
    """Adds the address that a server listens at.

    Args:
        values: flags of the command.
        port: default port.
        text: help text of the port.
    """
    values.add_string(
        "host", "127.0.0.1", "Interface to listen at, of IPv4 or IPv6."
    )
    values.check("host", bool, "give a name or number")
    add_port(values, "port", port, text)


def add_port(values: Flags, name: str, port: int, text: str) -> None:
    """Adds the number of a port; 0 stands for any free one."""
    values.add_integer(name, port, text, at_least=0, upper_bound=65535)


def add_dataset(values: Flags, required: bool = True) -> None:
    """Adds the flags that choose labeled photos.

    Args:
        values: flags of the command.
        required: whether the data set has to be given.
    """
    values.add_enum(
        "dataset", None, DATASETS, "Which labeled photos.", required=required
    )
    values.add_string(
        "data_dir",
        None,
        "Prepared data sets, or the folder of --dataset=folder.",
    )
    values.add_integer(
        "fold",
        0,
        "Test split: fold 0 to 4 of Stanford Background; of SIFT Flow the "
        "official list, 0, or one of the random lists 1 to 3.",
        None,
    )
    values.add_integer(
        "longest_side",
        None,
        "Folder: scale photos and masks down to this many pixels.",
    )
    values.add_integers(
        "ignore_label",
        "Folder: values of unknown pixels in masks besides 255, separated by "
        "commas or with the flag repeated, such as 11.",
    )
    values.add_enum(
        "group_by",
        None,
        GROUPINGS,
        "Folder: keep photos together in one split that are in one folder, or "
        "have names that differ in the last number only, or look the same; "
        "frames of one video, for example. Each photo alone if not given.",
    )
    add_bands(values, "Folder of maps (TIFF): ")


def add_bands(values: Flags, prefix: str = "") -> None:
    """Adds the flags that say how the bands of maps become colors.

    Args:
        values: flags of the command.
        prefix: of the help texts.
    """
    values.add_integers(
        "bands",
        f"{prefix}numbers of the red, green and blue band from 1, such as "
        "3,2,1; if not given, the bands that the file marks so, or its three.",
    )
    values.add_floats(
        "value_range",
        None,
        f"{prefix}values that become black and white, such as 0,3000; bands of "
        "8 bits are taken as they are if not given.",
    )


def load_dataset(
    values: Flags, split: str
) -> "keras_rcnn.datasets.SceneDataset":
    """The labeled photos that the flags of `add_dataset` choose.

    Raises:
        InputError: as `keras_rcnn.datasets.load_dataset`.
    """
    return keras_rcnn.datasets.load_dataset(
        values.dataset,
        data_dir=values.data_dir,
        split=split,
        fold=values.fold,
        **folder_choices(values),
    )


def height_and_width(values: Flags, name: str) -> tuple[int, int] | None:
    """The size in pixels that a flag gives, such as 240x320; None for none.

    Raises:
        InputError: if it is not a size.
    """
    given = values[name].value
    if not given:
        return None
    try:
        height, width = map(int, given.lower().split("x"))
        if min(height, width) < 1:
            raise ValueError
    except ValueError as error:
        raise InputError(
            f"--{name}={given} is not a size: give height and width in pixels, "
            "such as 240x320."
        ) from error
    return height, width


def folder_choices(values: Flags) -> dict[str, Any]:
    """The arguments for `--dataset=folder` that the flags give."""
    return {
        "longest_side": values.longest_side,
        "ignore_label": tuple(values.ignore_label or ()),
        "group_by": values.group_by,
        "bands": tuple(values.bands or ()),
        "value_range": tuple(values.value_range or ()),
    }


def check_classes(
    values: Flags,
    dataset: "keras_rcnn.datasets.SceneDataset",
    model: str,
    class_names: Sequence[str],
) -> None:
    """Refuses a model whose classes or their order differ from the data set's.

    Args:
        values: flags of the command.
        dataset: the data set that the flags choose.
        model: name of the model, for the message.
        class_names: classes of the model.

    Raises:
        InputError: naming the classes of both.
    """
    if tuple(class_names) != tuple(dataset.class_names):
        raise InputError(
            f"--dataset={values.dataset} has the classes "
            f"{', '.join(dataset.class_names)}, and {model} has "
            f"{', '.join(class_names)}: choose the data set that the model was "
            "trained on, or one of the same classes and order."
        )


def _is_finite(value: float | None) -> bool:
    # NaN passes the bounds of a flag, as no comparison with it is true.
    return value is None or math.isfinite(value)
