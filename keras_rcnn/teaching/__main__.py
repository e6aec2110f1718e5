"""The process of a round: learns, and prints a JSON line for each step.

    python -m keras_rcnn.teaching FOLDER MODEL_DIR SECONDS [START_FROM]

It ends early, in order, when its input is closed, which also happens when the
page that started it ends.
"""

import json
import pathlib
import sys
import threading
from typing import Any

from keras_rcnn.errors import InputError
from keras_rcnn.teaching.callbacks import Progress, RoundBudget
from keras_rcnn.teaching.learner import learn
from keras_rcnn.teaching.project import Project


def main(argv: list[str]) -> int:
    """Runs the round; returns the exit status."""
    folder, model_dir, seconds, *start_from = argv
    is_over = threading.Event()
    threading.Thread(target=_wait, args=[is_over], daemon=True).start()
    budget = RoundBudget(minutes=float(seconds) / 60)
    try:
        learn(
            Project(folder),
            pathlib.Path(model_dir),
            budget,
            start_from[0] if start_from else None,
            callbacks=[Progress(budget, _tell, is_over.is_set)],
        )
    except InputError as error:
        _tell({"error": str(error)})
        return 1
    return 0


def _wait(is_over: threading.Event) -> None:
    sys.stdin.read()
    is_over.set()


def _tell(message: dict[str, Any]) -> None:
    print(json.dumps(message), flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
