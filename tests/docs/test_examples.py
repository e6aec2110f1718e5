"""Every example of README.md and docs is run, page by page, in a new folder.

`documented/table.py` says how, and what to do about a new one that fails.
"""

import itertools
import os
import re
import subprocess
import sys
import time

import pytest

from benchmarks.allreduce import free_ports
from tests.helpers.documented.blocks import (
    ROOT,
    blocks,
    code_spans,
    commands,
    pages,
)
from tests.helpers.documented.stage import set_up
from tests.helpers.documented.table import (
    NOT_RUN,
    entry_not_run,
    said_when_ready,
    shorten,
)

MAX_SECONDS = 500
# Ways through a page that has more than one, and what each leaves out: the
# other's, and what follows the training, which is the same for both.
VARIANTS = {
    "docs/own_photos.md": {
        "labelme": r"export|--model=|litert|labeled/voc",
        "cvat": None,
    }
}


def runs():
    """Pages with anything to run, and the ways through them."""
    for page in pages():
        if any(not entry_not_run(block) for block in blocks(page)):
            for variant in VARIANTS.get(page, {"": None}):
                name = f"{page}-{variant}".rstrip("-")
                yield pytest.param(page, variant, id=name)


class Runner:
    """Runs commands and Python in a folder, and ends servers at the end.

    Args:
        stage: the folder.
    """

    def __init__(self, stage):
        self.stage = stage
        self.servers = []
        self.ports = dict(
            zip(("grpc", "rest", "kserve"), free_ports(3), strict=True)
        )
        path = f"{stage / '.venv' / 'bin'}{os.pathsep}{os.environ['PATH']}"
        self.environment = os.environ | {
            "CUDA_VISIBLE_DEVICES": "-1",
            "HOME": str(stage),
            "MPLCONFIGDIR": str(stage / "matplotlib"),
            "PATH": path,
            "PYTHONPATH": str(ROOT),
            "TF_CPP_MIN_LOG_LEVEL": "2",
        }

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for server in self.servers:
            server.terminate()
        for server in self.servers:
            server.wait(60)

    def run(self, block):
        """Runs a block; AssertionError with what it said if it fails."""
        text = shorten(block.text, self.ports)
        if block.language == "python":
            self.check(block, [sys.executable, "-c", text])
            return
        assert block.language in {"", "sh", "bash"}, (
            f"{block}\nNeither run nor listed in tests/documented/table.py."
        )
        # One shell for all commands between servers: they may change folder.
        for words, group in itertools.groupby(commands(text), said_when_ready):
            if words:
                for command in group:
                    self.serve(block, command, words)
            else:
                shell = ["bash", "-e", "-u", "-o", "pipefail", "-c"]
                self.check(block, [*shell, "\n".join(group)])

    def check(self, block, arguments):
        """Runs a program to its end."""
        run = subprocess.run(
            arguments,
            cwd=self.stage,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=MAX_SECONDS,
        )
        assert not run.returncode, f"{block}\n{arguments[-1]}\n{run.stdout}"

    def serve(self, block, command, words):
        """Starts a server and waits until it is ready."""
        log = self.stage / f"server_{len(self.servers)}.log"
        with log.open("w") as file:
            server = subprocess.Popen(
                # The server itself is ended later, not a shell before it.
                ["bash", "-c", f"exec {command}"],
                cwd=self.stage,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=subprocess.STDOUT,
            )
        self.servers.append(server)
        while words not in log.read_text():
            assert server.poll() is None, f"{block}\n{log.read_text()}"
            time.sleep(0.2)


@pytest.mark.slow
@pytest.mark.extras(name="docs")
@pytest.mark.parametrize(("page", "variant"), list(runs()))
def test_examples_run(page, variant, tmp_path):
    """In their order, so that the later find what the earlier wrote."""
    set_up(tmp_path, page, variant)
    left_out = VARIANTS.get(page, {}).get(variant)
    with Runner(tmp_path) as runner:
        for block in blocks(page):
            skipped = left_out and re.search(left_out, block.text)
            if not (entry_not_run(block) or skipped):
                runner.run(block)


def test_what_is_not_run_is_still_there():
    found = {entry_not_run(block) for page in pages() for block in blocks(page)}
    stale = [entry for entry in NOT_RUN if entry not in found]
    assert not stale


def test_blocks_are_found_wherever_they_stand(tmp_path, monkeypatch):
    monkeypatch.setattr("documented.blocks.ROOT", tmp_path)
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
    """Those that are run would say so; these stand in the text."""
    for page in pages():
        for span in code_spans(page):
            found = re.search(r"\btools/(\w+)\.py\b(.*)", span)
            if found and "--help" not in span:
                program, rest = found.groups()
                known = flags_of(program)
                for flag in re.findall(r"--(\w+)", rest):
                    assert flag in known, f"{page}: {span}"


def flags_of(program):
    """Names of the flags that a program and its modules define."""
    text = "".join(
        file.read_text()
        for file in (ROOT / "tools").glob("*.py")
        if file.stem == program or not is_program(file)
    )
    return set(re.findall(r"(?i:define)_\w+\(\s*\"(\w+)\"", text))


def is_program(file):
    """Whether it can be started, rather than imported."""
    return "__main__" in file.read_text()
