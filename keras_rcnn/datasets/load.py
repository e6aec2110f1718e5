"""Every data set by its name."""

import pathlib

from keras_rcnn.datasets.folder import load_folder
from keras_rcnn.datasets.prepared import BUILDERS, load_prepared
from keras_rcnn.datasets.scene_dataset import SceneDataset
from keras_rcnn.datasets.splits import NUM_FOLDS
from keras_rcnn.datasets.synthetic import synthetic_scenes
from keras_rcnn.errors import InputError

NAMES = (*BUILDERS, "folder", "synthetic")
SPLITS = ("train", "test", "all")


def load_dataset(
    name: str,
    data_dir: str | pathlib.Path | None = None,
    split: str = "train",
    fold: int = 0,
    seed: int = 0,
    longest_side: int | None = None,
) -> SceneDataset:
    """Labeled photos to train on or to score on.

    Which photos train and which are held out never depends on `seed`.

    Args:
        name: `stanford_background` or `sift_flow`, prepared beforehand;
            `folder`, your own; `synthetic`, generated scenes.
        data_dir: where the published ones were prepared,
            `~/tensorflow_datasets` if none is given; for `folder` the folder.
        split: `train`, `test` or `all`.
        fold: which fifth of Stanford Background is `test`, 0 to 4, the other
            four being `train`.
        seed: of the generated scenes.
        longest_side: your own photos and masks are scaled down to it, in
            pixels; None leaves them as they are.

    Raises:
        InputError: if there is no such data set, split or fold, or what is in
            `data_dir` cannot be used.
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
    if name == "synthetic":
        return synthetic_scenes(split, seed)
    if name == "folder":
        if data_dir is None:
            raise InputError(
                "The data set folder needs the folder: give it as data_dir."
            )
        return load_folder(data_dir, split, longest_side)
    return load_prepared(name, data_dir, split, fold)
