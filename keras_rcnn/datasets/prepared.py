"""Published data sets, which are prepared once and then read."""

import contextlib
import io
import pathlib
import shutil
from collections.abc import Callable

import tensorflow as tf
import tensorflow_datasets as tfds

from keras_rcnn.datasets import splits
from keras_rcnn.datasets.parallel import parallel_map
from keras_rcnn.datasets.scene_builder import SceneBuilder
from keras_rcnn.datasets.scene_dataset import SceneDataset, select_examples
from keras_rcnn.datasets.sift_flow import sift_flow_dataset_builder
from keras_rcnn.datasets.stanford_background import (
    stanford_background_dataset_builder,
)
from keras_rcnn.errors import InputError

BUILDERS: dict[str, type[SceneBuilder]] = {
    builder.name: builder
    for builder in (
        stanford_background_dataset_builder.Builder,
        sift_flow_dataset_builder.Builder,
    )
}


def prepare(
    name: str,
    manual_dir: str | pathlib.Path,
    data_dir: str | pathlib.Path | None = None,
    overwrite: bool = False,
) -> pathlib.Path:
    """Converts the archive of a published data set to TensorFlow Datasets.

    The result is complete or does not exist, even if the process is killed.

    Args:
        name: `stanford_background` or `sift_flow`.
        manual_dir: folder with the archive as its authors distribute it, or
            with its unpacked folder.
        data_dir: folder to write to, by default `~/tensorflow_datasets`.
        overwrite: whether to replace a data set that was prepared before.

    Returns:
        The folder with the data set, which may have existed before.

    Raises:
        InputError: if the archive is missing or broken.
    """
    manual_dir = pathlib.Path(manual_dir).expanduser()
    if not manual_dir.is_dir():
        raise InputError(
            f"There is no folder {manual_dir}: make it and put "
            f"{BUILDERS[name].ARCHIVE} there."
        )
    builder = _builder(name, data_dir)
    mode = tfds.GenerateMode
    config = tfds.download.DownloadConfig(
        manual_dir=str(manual_dir),
        download_mode=mode.REUSE_CACHE_IF_EXISTS
        if overwrite
        else mode.REUSE_DATASET_IF_EXISTS,
    )
    folder = pathlib.Path(builder.data_dir)
    try:
        # TFDS prints that it downloads, although it does not.
        with contextlib.redirect_stdout(io.StringIO()):
            builder.download_and_prepare(download_config=config)
    except (OSError, tf.errors.OpError) as error:
        raise InputError(
            f"{folder} cannot be written ({error}): give a data_dir= that is "
            "writable and has enough space."
        ) from error
    for leftover in folder.parent.glob(f"incomplete.*_{folder.name}"):
        # Left by a process that was killed; TFDS does not remove it.
        shutil.rmtree(leftover, ignore_errors=True)
    return folder


def load_prepared(
    name: str,
    data_dir: str | pathlib.Path | None,
    split: str,
    fold: int,
) -> SceneDataset:
    """A published data set that was prepared before.

    Args:
        name: `stanford_background` or `sift_flow`.
        data_dir: folder where it was prepared, by default
            `~/tensorflow_datasets`.
        split: `train`, `test` or `all`.
        fold: see `load_dataset`.

    Raises:
        InputError: if there is no such fold, or it was not prepared in this
            folder.
    """
    builder = _builder(name, data_dir)
    if fold > splits.NUM_LISTS and name == "sift_flow":
        raise InputError(
            f"There is no fold {fold} of sift_flow: choose 0, the official "
            f"list, or 1 to {splits.NUM_LISTS}, random lists."
        )
    if not builder.is_prepared():
        where = f" --data_dir={data_dir}" if data_dir else ""
        raise InputError(
            f"{name} is not prepared in {builder.data_dir}: run `keras-rcnn "
            f"prepare --dataset={name} --manual_dir=FOLDER{where}`, where "
            f"FOLDER holds {builder.ARCHIVE}."
        )
    is_official = "test" in builder.info.splits and not fold
    encoded = _encoded(builder, split if is_official else "all")
    if split != "all" and not is_official:
        names = list(encoded.map(_name).as_numpy_iterator())
        if "test" in builder.info.splits:
            part_of = splits.held_out_lists(names)
            held_out = part_of > 0
        else:
            part_of = splits.folds(names)
            held_out = part_of == fold
        chosen = part_of == fold if split == "test" else ~held_out
        encoded = select_examples(encoded, chosen)
    return SceneDataset(
        name=name,
        class_names=tuple(builder.CLASSES),
        palette=tuple(builder.CLASSES.values()),
        examples=parallel_map(encoded, _decoder(builder)),
        num_examples=int(encoded.cardinality()),
    )


def _builder(name: str, data_dir: str | pathlib.Path | None) -> SceneBuilder:
    if data_dir is not None:
        data_dir = pathlib.Path(data_dir).expanduser()
    return BUILDERS[name](data_dir=data_dir)


def _encoded(builder: SceneBuilder, split: str) -> tf.data.Dataset:
    """Examples with compressed photos, which can be selected undecoded."""
    if split not in builder.info.splits or len(builder.info.splits) == 1:
        split = "+".join(sorted(builder.info.splits))
    skip = tfds.decode.SkipDecoding()
    return builder.as_dataset(
        split=split,
        shuffle_files=False,
        decoders={"image": skip, "label": skip},
        read_config=tfds.ReadConfig(
            try_autocache=False, interleave_cycle_length=1
        ),
    )


def _decoder(
    builder: SceneBuilder,
) -> Callable[[dict[str, tf.Tensor]], dict[str, tf.Tensor]]:
    features = builder.info.features

    def decode(example: dict[str, tf.Tensor]) -> dict[str, tf.Tensor]:
        label = features["label"].decode_example(example["label"])
        return {
            "image": features["image"].decode_example(example["image"]),
            "label": label[:, :, 0],
            "name": example["name"],
        }

    return decode


def _name(example: dict[str, tf.Tensor]) -> tf.Tensor:
    return example["name"]
