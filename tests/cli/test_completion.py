"""Completion in real shells."""

import shutil
import subprocess

import pytest

from keras_rcnn.cli import completion, main
from tests.helpers.run_command import error_line

BASH = """
source "$1"
shift
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
$(complete -p keras-rcnn | sed 's/.*-F \\([^ ]*\\) .*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { :; }
source "$1"
_describe() { print -rl -- $commands; }
_arguments() { print -rl -- "$@"; }
shift
words=("$@")
CURRENT=$#
_keras_rcnn
"""
DATASETS = ["stanford_background", "sift_flow", "folder", "synthetic"]


@pytest.fixture
def complete(tmp_path):
    """Function of a shell, its code and words that gives the lines printed."""

    def run(shell, code, *words):
        if shutil.which(shell) is None:
            pytest.skip(f"needs {shell}")
        script = tmp_path / "script"
        script.write_text(getattr(completion, f"{shell}_script")())
        process = subprocess.run(
            [shell, "-c", code, shell, script, "keras-rcnn", *words],
            capture_output=True,
            text=True,
            check=True,
        )
        assert process.stderr == ""
        return process.stdout.splitlines()

    return run


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("",), list(main.COMMANDS)),
        (("la",), ["label", "label-corpus"]),
        (("prepare", "--da"), ["--dataset=", "--data_dir="]),
        (("prepare", "--over"), ["--overwrite"]),
        # Bash splits words at `=`.
        (("check", "--dataset", "="), DATASETS),
        (("check", "--dataset", "=", "s"), DATASETS[:2] + DATASETS[3:]),
        # Files are left to bash.
        (("check", "--data_dir", "=", "s"), [""]),
        (("label", "photo"), [""]),
    ],
)
def test_bash(complete, words, expected):
    assert complete("bash", BASH, *words) == expected


def test_zsh(complete):
    assert complete("zsh", ZSH, "") == [
        f"{name}:{text}" for name, text in main.COMMANDS.items()
    ]
    lines = complete("zsh", ZSH, "check", "--dataset=")
    values = " ".join(DATASETS)
    assert f"--dataset=[Which labeled photos.]:value:({values})" in lines
    lines = complete("zsh", ZSH, "label", "")
    assert any(line.startswith("*--images=[Photos\\: files") for line in lines)
    assert lines[-1] == "*:file:_files"


def test_a_shell_that_is_none(run_command):
    line = error_line(run_command("completion", "fish"))
    assert line.startswith("Name the shell: keras-rcnn completion bash, or")
