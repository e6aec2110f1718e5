"""Every example of README.md and docs is run, page by page, in a new folder.

`tests/helpers/documented/table.py` says how. A new example that fails may need
a line there.
"""

import importlib
import itertools
import os
import re
import shlex
import subprocess
import time

import pytest

from benchmarks import __main__ as benchmarks
from benchmarks.allreduce import free_ports
from keras_rcnn.cli import main, runner
from tests.helpers.documented.blocks import (
    blocks,
    code_spans,
    commands,
    one_line,
    pages,
)
from tests.helpers.documented.stage import set_up
from tests.helpers.documented.table import (
    NOT_RUN,
    SAME,
    entry_not_run,
    said_when_ready,
    shorten,
)

MAX_SECONDS = 500
# Variants of a page, and the blocks that each leaves out: those of the other
# variant, and what follows the training, which is the same for both.
VARIANTS = {
    "docs/own_photos.md": {
        "labelme": r"export|--model=|--folds|litert|labeled/voc",
        "cvat": None,
    }
}
# These start many processes, train, or measure: long on a busy machine.
LONG = {
    "docs/afternoon.md",
    "docs/maps.md",
    "docs/performance.md",
    "docs/reproduce.md",
    "docs/scaling.md",
    "docs/video.md",
}
# Commands that run in the process of the test, which saves the import of
# TensorFlow. The others read shortened experiments or prepared data sets, whose
# folder is fixed when a process starts, or start workers.
IN_PROCESS = (
    r"python -m benchmarks "
    r"|keras-rcnn (?!label-corpus|.*--(experiment|strategy|data_service)"
    r"|.*--dataset=(stanford|sift))"
)


def runs():
    """Pages with anything to run, and their variants."""
    for page in pages():
        if any(not entry_not_run(block) for block in blocks(page)):
            for variant in VARIANTS.get(page, {"": None}):
                name = f"{page}-{variant}".rstrip("-")
                marks = pytest.mark.long if page in LONG else ()
                yield pytest.param(page, variant, id=name, marks=marks)


class Runner:
    """Runs commands and Python in the current folder, and stops servers.

    Args:
        stage: the current folder.
    """

    def __init__(self, stage):
        self.stage = stage
        self.servers = []
        self.ports = dict(
            zip(("grpc", "rest", "kserve"), free_ports(3), strict=True)
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            server.wait(60)

    def run(self, block):
        """Runs a block and raises an exception if it fails."""
        text = shorten(block.text, self.ports)
        if block.language == "python":
            exec(compile(text, str(block), "exec"), {"__name__": "__main__"})
            return
        assert block.language in {"", "sh", "bash"}, (
            f"{block}\nNeither run nor listed in documented/table.py."
        )
        # The commands between others share a shell: they may change its folder.
        for way, group in itertools.groupby(commands(text), self.way_to_run):
            if way == "shell":
                shell = ["bash", "-e", "-u", "-o", "pipefail", "-c"]
                self.check(block, [*shell, "\n".join(group)])
            else:
                for command in group:
                    getattr(self, way)(block, command)

    def way_to_run(self, command):
        """Name of the method that runs a command, or `shell`."""
        if said_when_ready(command):
            return "serve"
        plain = re.match(IN_PROCESS, one_line(command))
        return "call" if plain else "shell"

    def call(self, block, command):
        """Runs a command in this process."""
        program, *arguments = shlex.split(one_line(command))
        if program == "python":
            status = runner.run(benchmarks, ["benchmarks", *arguments[2:]])
        else:
            status = main.run(arguments)
        assert status == 0, f"{block}\n{command}"

    def check(self, block, arguments):
        """Runs a program to its end."""
        run = subprocess.run(
            arguments,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MAX_SECONDS,
        )
        assert not run.returncode, f"{block}\n{arguments[-1]}\n{run.stdout}"

    def serve(self, block, command):
        """Starts a server and waits until it is ready."""
        log = self.stage / f"server_{len(self.servers)}.log"
        with log.open("w") as file:
            server = subprocess.Popen(
                # `exec`, so that the server itself can be stopped later.
                ["bash", "-c", f"exec {command}"],
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.servers.append(server)
        while said_when_ready(command) not in log.read_text():
            assert server.poll() is None, f"{block}\n{log.read_text()}"
            time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.extras(name="docs")
@pytest.mark.parametrize(("page", "variant"), list(runs()))
def test_examples_run(page, variant, tmp_path, monkeypatch):
    """In order, so that later examples find the files of earlier ones."""
    set_up(tmp_path, page, variant)
    monkeypatch.chdir(tmp_path)
    for name, value in {
        "CUDA_VISIBLE_DEVICES": "-1",
        "HOME": str(tmp_path),
        "MPLCONFIGDIR": str(tmp_path / "matplotlib"),
        "PYTHONPATH": str(tmp_path),
        "TF_CPP_MIN_LOG_LEVEL": "2",
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("PATH", str(tmp_path / ".venv" / "bin"), os.pathsep)
    left_out = VARIANTS.get(page, {}).get(variant)
    with Runner(tmp_path) as stage:
        for block in blocks(page):
            skipped = left_out and re.search(left_out, block.text)
            if not (entry_not_run(block) or skipped):
                stage.run(block)


def test_what_is_not_run_is_still_there():
    found = {entry_not_run(block) for page in pages() for block in blocks(page)}
    stale = [entry for entry in NOT_RUN if entry not in found]
    assert not stale


def test_what_is_not_run_twice_is_in_the_readme():
    readme = {
        one_line(command)
        for block in blocks("README.md")
        if not (block.language or entry_not_run(block))
        for command in commands(block.text)
    }
    for page in pages():
        for block in blocks(page):
            entry = entry_not_run(block)
            if entry and entry[-1] == SAME:
                assert {*map(one_line, commands(block.text))} <= readme


def test_blocks_are_found_wherever_they_stand(tmp_path, monkeypatch):
    monkeypatch.setattr("tests.helpers.documented.blocks.ROOT", tmp_path)
    (tmp_path / "page.md").write_text(
        "text\n\n    ls \\\n      -l\n    pwd\n\n1. item\n\n   ```python\n"
        "   1 + 1\n   ```\n\n> ```sh\n> cat <<E\n> a\n> E\n> ```\n\n`no\nblock`"
    )
    first, second, third = blocks("page.md")
    assert list(commands(first.text)) == ["ls \\\n  -l", "pwd"]
    assert (second.language, second.text) == ("python", "1 + 1\n")
    assert second.line == 9
    assert list(commands(third.text)) == ["cat <<E\na\nE"]
    assert code_spans("page.md") == ["no block"]


def test_commands_in_the_text_have_flags_that_exist():
    """Blocks that are run would fail; these commands stand in the text."""
    for page in pages():
        for span in code_spans(page):
            if command := command_of(span):
                for flag in re.findall(r"--(\w+)", span):
                    assert flag in command.FLAGS or flag == "help", (
                        f"{page}: {span}"
                    )


def command_of(text):
    """The module of the command in a text, if there is one."""
    if found := re.match(r"python -m ((benchmarks|experiments)[.\w]*)", text):
        module = importlib.import_module(found[1])
        is_package = hasattr(module, "__path__")
        return (
            importlib.import_module(f"{found[1]}.__main__")
            if is_package
            else module
        )
    found = re.match(r"keras-rcnn ([a-z-]+)", text)
    if found is None or found[1] not in main.COMMANDS:
        return None
    command = main.load_command(found[1])
    return None if getattr(command, "TAKES_OTHER_FLAGS", False) else command
