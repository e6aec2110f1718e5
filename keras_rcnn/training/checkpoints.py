"""Checkpoints of a run."""

import pathlib
import re
import shutil
import time
from typing import Any

import tensorflow as tf

from keras_rcnn.errors import InputError
from keras_rcnn.training.every_seconds import EverySeconds


class Checkpoints(EverySeconds):
    """Saves the state of a run at intervals and at the end of each phase.

    Args:
        manager: writes the checkpoints.
        seconds: time from one checkpoint to the next.
    """

    def __init__(
        self, manager: tf.train.CheckpointManager, seconds: float
    ) -> None:
        super().__init__(seconds)
        self.manager = manager

    def act(self) -> None:
        """Saves."""
        self.manager.save()

    def on_train_end(self, logs: dict[str, Any] | None = None) -> None:
        """Saves at the end of a phase."""
        self.act_now()


def restore_newest(
    checkpoint: tf.train.Checkpoint, folder: pathlib.Path
) -> pathlib.Path | None:
    """Restores the newest checkpoint without damage; prints what is damaged.

    Args:
        checkpoint: what to restore.
        folder: of the checkpoints.

    Returns:
        The path of the checkpoint, without the endings of its files; None if
        the run starts from the beginning.

    Raises:
        InputError: if all checkpoints are damaged, or they belong to another
            network.
    """
    paths = checkpoint_paths(folder)
    for path in reversed(paths):
        if not is_whole(path):
            print(f"The checkpoint {path} is damaged or incomplete.")
            continue
        try:
            checkpoint.restore(str(path)).assert_existing_objects_matched()
        except (AssertionError, ValueError) as error:
            raise InputError(
                f"The checkpoint {path} belongs to another network: choose "
                "another model_dir=."
            ) from error
        return path
    # The first checkpoint is incomplete if the process that wrote it ended.
    if paths and paths[-1].name != "ckpt-1":
        raise InputError(
            f"All checkpoints in {folder} are damaged: choose another "
            "model_dir=, or delete that folder to start again."
        )
    return None


def tidy(folder: pathlib.Path, newest: pathlib.Path | None) -> None:
    """Deletes what killed processes left and lists the usable checkpoints.

    Args:
        folder: of the checkpoints.
        newest: the checkpoint that was restored, if any.
    """
    for unfinished in folder.glob("*_temp"):
        shutil.rmtree(unfinished)
    for unfinished in folder.glob("checkpoint.tmp*"):
        unfinished.unlink()
    if newest:
        paths = checkpoint_paths(folder)
        usable = paths[: paths.index(newest) + 1]
        # The manager reads this list, which may be damaged.
        tf.compat.v1.train.update_checkpoint_state(
            str(folder),
            str(newest),
            [str(path) for path in usable],
            all_model_checkpoint_timestamps=[time.time()] * len(usable),
        )


def checkpoint_paths(folder: pathlib.Path) -> list[pathlib.Path]:
    """Paths of all checkpoints, the oldest first, without endings."""
    numbers = {
        int(found[1])
        for file in folder.glob("ckpt-*")
        if (found := re.fullmatch(r"ckpt-(\d+)\.(index|data-.*)", file.name))
    }
    return [folder / f"ckpt-{number}" for number in sorted(numbers)]


def is_whole(path: pathlib.Path) -> bool:
    """Whether all of a checkpoint can be read; TensorFlow checks the bytes."""
    try:
        reader = tf.train.load_checkpoint(str(path))
        for name in reader.get_variable_to_shape_map():
            reader.get_tensor(name)
    except (tf.errors.OpError, LookupError, RuntimeError, ValueError):
        return False
    return True
