"""Loads any data set by its name."""

import pathlib
from collections.abc import Sequence

from keras_rcnn.datasets.folder import load_folder
from keras_rcnn.datasets.mask_values import listed
from keras_rcnn.datasets.prepared import BUILDERS, load_prepared
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.splits import NUM_FOLDS
from keras_rcnn.datasets.synthetic import synthetic_scenes
from keras_rcnn.errors import InputError
from keras_rcnn.io.map_raster import check_bands

NAMES = (*BUILDERS, "folder", "synthetic")
SPLITS = ("train", "test", "all")


def load_dataset(
    name: str,
    data_dir: str | pathlib.Path | None = None,
    split: str = "train",
    fold: int = 0,
    seed: int = 0,
    longest_side: int | None = None,
    ignore_label: Sequence[int] = (),
    group_by: str | None = None,
    bands: Sequence[int] = (),
    value_range: Sequence[float] = (),
) -> SceneDataset:
    """Labeled photos for training or scoring.

    The split of the photos never depends on `seed`.

    Args:
        name: `stanford_background` or `sift_flow`, which `prepare` must have
            written; `folder` for photos of your own; `synthetic` for generated
            scenes.
        data_dir: for published data sets the folder where they were prepared,
            by default `~/tensorflow_datasets`; for `folder` the folder itself.
        split: `train`, `test` or `all`.
        fold: what the test split is: a fifth of Stanford Background, 0 to 4;
            of SIFT Flow the official list, 0, or a random list of 200 photos,
            1 to 3, where `train` leaves out all three lists.
        seed: of the generated scenes.
        longest_side: maximum side in pixels of photos of your own. Larger ones
            and their masks are scaled down. None leaves them as they are.
        ignore_label: values of unknown pixels in the masks of photos of your
            own, besides 255.
        group_by: keeps photos of your own together that belong together, such
            as frames of one video: `folder`, `prefix` or `near_duplicates`,
            see `group_photos`. None splits them by name.
        bands: of maps in a folder of your own, the numbers of the red, green
            and blue band, from 1. By default the bands that a file marks so.
        value_range: of these maps, the values that become black and white;
            bands of 8 bits are taken as they are if it is empty.

    Raises:
        InputError: if there is no such data set, split or fold, or if a file
            in `data_dir` cannot be used.
    """
    for what, given, known in (
        ("data set", name, NAMES),
        ("split", split, SPLITS),
        ("fold", fold, range(NUM_FOLDS)),
    ):
        if given not in known:
            raise InputError(
                f"There is no {what} {given!r}: choose one of "
                f"{', '.join(map(str, known))}."
            )
    check_bands(bands, value_range)
    if (ignore_label or group_by or bands or value_range) and name != "folder":
        choices = (
            [f"ignore_label={listed(ignore_label)}"] if ignore_label else []
        )
        choices += [f"group_by={group_by}"] if group_by else []
        choices += ["bands="] if bands else []
        choices += ["value_range="] if value_range else []
        are, them = ("is", "it") if len(choices) == 1 else ("are", "them")
        raise InputError(
            f"The labels and the splits of {name} are known, and "
            f"{' and '.join(choices)} {are} for the data set `folder`: leave "
            f"{them} out."
        )
    if name == "synthetic":
        return synthetic_scenes(split, seed)
    if name == "folder":
        if data_dir is None:
            raise InputError(
                "The data set `folder` needs data_dir=: give the folder."
            )
        return load_folder(
            data_dir,
            split,
            longest_side,
            ignore_label,
            group_by,
            bands,
            value_range,
        )
    return load_prepared(name, data_dir, split, fold)
