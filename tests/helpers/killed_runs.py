"""Runs that are killed again and again, in processes forked from this one.

    python -m tests.helpers.killed_runs FOLDER KILLS

TensorFlow is imported once and used in the children alone, because a process
that has used it cannot be forked.
"""

import json
import os
import pathlib
import random
import signal
import sys
import time

from keras_rcnn.datasets import SceneDataset, in_memory
from keras_rcnn.datasets.synthetic import CLASS_NAMES, PALETTE
from keras_rcnn.io import quiet
from keras_rcnn.training import Budget, train
from tests.helpers.scene_folder import scene
from tests.helpers.small_run import RECIPE, small_network

keras = quiet.import_quietly("keras")

STEPS_A_KILL = 6
RECIPE_OF_ONE_PHASE = RECIPE.last_phase_alone()
SCENES = [scene(seed) for seed in range(3)]


class StepsToPipe(keras.callbacks.Callback):
    """Writes a byte before each step, when the one before it is saved."""

    def __init__(self, pipe):
        super().__init__()
        self.pipe = pipe

    def on_train_batch_begin(self, batch, logs=None):
        os.write(self.pipe, b".")


def train_once(model_dir, steps, pipe=None):
    """Trains to the end, or until it is killed; saves after each step."""
    examples = in_memory.examples_in_memory(*zip(*SCENES, strict=True), "abc")
    scenes = SceneDataset("three", CLASS_NAMES, PALETTE, examples, 3)
    model = small_network(scenes)
    train(
        model,
        RECIPE_OF_ONE_PHASE,
        scenes,
        None,
        Budget(steps=steps),
        model_dir,
        steps_per_epoch=5,
        checkpoint_seconds=0.0,
        callbacks=[StepsToPipe(pipe)] if pipe else [],
    )


def fork(model_dir, steps, log):
    """Starts a run; returns its process id and the pipe of its steps."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writing)
        return pid, reading
    os.close(reading)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    os.dup2(output, 1)
    os.dup2(output, 2)
    status = 1
    try:
        train_once(model_dir, steps, writing)
        status = 0
    finally:
        sys.stdout.flush()
        os._exit(status)


def unfinished(model_dir):
    """Names of what only an interrupted checkpoint leaves."""
    names = {file.name for file in (model_dir / "checkpoints").glob("*")}
    return [
        name
        for name in names
        if name.endswith("_temp")
        or name.startswith("checkpoint.tmp")
        or (".data-" in name and name.split(".")[0] + ".index" not in names)
    ]


def kill_once(model_dir, steps, log, inside, rng):
    """Starts a run and kills it; returns the number of steps it had saved."""
    pid, pipe = fork(model_dir, steps, log)
    count = 0
    wanted = rng.randint(1, STEPS_A_KILL - 1)
    while count < wanted and os.read(pipe, 1):
        count += 1
    if inside:
        deadline = time.monotonic() + 60
        while not unfinished(model_dir) and time.monotonic() < deadline:
            pass
        time.sleep(rng.choice([0, 0, 0.0005]))
    else:
        time.sleep(rng.uniform(0, 0.05))
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status), pathlib.Path(log).read_text()
    count += len(os.read(pipe, 1000))
    os.close(pipe)
    return max(count - 1, 0)


def started_after(log):
    """The number of steps after which a run went on, as it said."""
    text = pathlib.Path(log).read_text()
    return int(text.partition("Going on after ")[2].partition(" ")[0] or 0)


def main(folder, kills):
    """Prints what happened, as JSON."""
    folder = pathlib.Path(folder)
    steps = kills * STEPS_A_KILL
    rng = random.Random(0)
    found = {"kills": 0, "inside": 0, "lost": []}
    saved = 0
    for number in range(kills):
        log = folder / f"{number}.log"
        more = kill_once(folder / "killed", steps, log, number % 2, rng)
        found["lost"].append(saved - started_after(log))
        saved = started_after(log) + more
        found["kills"] += 1
        found["inside"] += bool(unfinished(folder / "killed"))
    for name in ("killed", "whole"):
        log = folder / f"{name}.log"
        pid, _ = fork(folder / name, steps, log)
        assert os.waitpid(pid, 0)[1] == 0, log.read_text()
    found["lost"].append(saved - started_after(folder / "killed.log"))
    found["left"] = unfinished(folder / "killed")
    print(json.dumps(found))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
