"""Rounds of learning, each in a process of its own."""

import json
import pathlib
import re
import shutil
import subprocess
import sys
import threading
from typing import Any

from keras_rcnn.errors import InputError, printable
from keras_rcnn.models.zoo import MODEL_FILE
from keras_rcnn.teaching.learner import check_strokes
from keras_rcnn.teaching.project import Project

RUNS_DIR = "runs"
# Older rounds are deleted; one is kept in case the newest is worse.
_KEPT = 2


class Rounds:
    """The rounds of a project: `runs/1`, `runs/2`, ...

    A round is an ordinary training run. It goes on from the weights of the
    round before, also if that was stopped or killed.

    Args:
        project: what is painted.
        model: network of the first round; None for a fresh one.
    """

    def __init__(self, project: Project, model: str | None = None) -> None:
        self.project = project
        self.model = model
        self.error = ""
        self.status: dict[str, Any] = {}
        self._process: subprocess.Popen[str] | None = None
        self._follower: threading.Thread | None = None
        self._lock = threading.Lock()

    @property
    def is_learning(self) -> bool:
        """Whether a round is going on."""
        return self._process is not None and self._process.poll() is None

    def runs(self) -> list[pathlib.Path]:
        """Folders of the rounds, the oldest first."""
        folder = self.project.folder / RUNS_DIR
        names = [path.name for path in folder.glob("*")]
        numbers = sorted(int(n) for n in names if re.fullmatch(r"\d+", n))
        return [folder / str(number) for number in numbers]

    @property
    def newest(self) -> pathlib.Path | None:
        """The newest run with a model, if there is one."""
        trained = [e for e in self.runs() if (e / MODEL_FILE).is_file()]
        return trained[-1] if trained else None

    def start(self, seconds: float) -> None:
        """Starts a round.

        Args:
            seconds: how long to learn.

        Raises:
            InputError: if a round is going on or there is too little to learn.
        """
        with self._lock:
            if self.is_learning:
                raise InputError("It is learning already: wait, or stop it.")
            check_strokes(self.project)
            runs = self.runs()
            number = int(runs[-1].name) + 1 if runs else 1
            start_from = self.newest or self.model
            self.error = ""
            self.status = {"progress": 0.0, "seconds": seconds, "steps": 0}
            self._process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "keras_rcnn.teaching"),
                    str(self.project.folder),
                    str(self.project.folder / RUNS_DIR / str(number)),
                    str(seconds),
                    *([str(start_from)] if start_from else []),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                # Ctrl-C ends the page, which ends the round in order.
                start_new_session=True,
            )
            self._follower = threading.Thread(
                target=self._follow, args=[self._process], daemon=True
            )
            self._follower.start()

    def stop(self) -> None:
        """Ends the round in order; its model is kept."""
        with self._lock:
            if self._process and self._process.stdin:
                self._process.stdin.close()

    def wait(self) -> None:
        """Waits for the end of the round."""
        if self._follower:
            self._follower.join()

    def _follow(self, process: subprocess.Popen[str]) -> None:
        """Reads what a round tells, until it ends."""
        errors: list[str] = []
        with process:
            # Read beside the progress, because a full pipe would block.
            reader = threading.Thread(
                target=lambda: errors.extend(process.stderr or ()), daemon=True
            )
            reader.start()
            for line in process.stdout or ():
                if line.startswith("{"):
                    message = json.loads(line)
                    self.error = message.pop("error", self.error)
                    self.status |= message
            reader.join()
        if process.returncode and not self.error:
            reason = "killed"
            if process.returncode > 0:
                reason = "".join(errors).strip().split("\n")[-1]
            self.error = (
                f"Learning ended early ({printable(reason)}): press Learn to "
                "go on from the last weights."
            )
        self._tidy()

    def _tidy(self) -> None:
        for old in [e for e in self.runs() if e != self.newest][: -_KEPT + 1]:
            shutil.rmtree(old, ignore_errors=True)
