"""What all commands have in common: help, wrong usage, programs."""

import os
import pathlib
import subprocess
import sys

import pytest

from keras_rcnn import __version__
from keras_rcnn.cli import main
from keras_rcnn.cli.help_text import short_text

ROOT = pathlib.Path(__file__).parents[2]
PROGRAMS = sorted(path.name for path in (ROOT / "tools").glob("*.py"))
# What each command needs to get as far as the flag that is wrong.
NEEDED = {
    "label": ("--model=m", "--output_dir=o", "--images=a.png"),
    "rank": ("--model=m", "--images=a.png"),
    "evaluate": ("--model=m", "--dataset=synthetic"),
    "inspect": ("--model=m", "--dataset=synthetic", "--output=o"),
    "check": ("--dataset=folder",),
    "train": ("--dataset=synthetic", "--model_dir=r"),
    "export": ("--model_dir=m", "--saved_model=s"),
    "serve": ("--model=m",),
    "data-worker": (),
    "demo": (),
}
WRONG = {
    "label": [
        "--method=magic",
        "--num_instances=0",
        "--longest_side=0",
        "--imagse=a",
        "--max_megapixels=nan",
        "--max_megapixels=inf",
        "--memory_mb=nan",
        "--annotations=kitti",
    ],
    "evaluate": [
        "--split=half",
        "--num_pictures=-1",
        "--dataset=mine",
        "--scale=nan",
        "photo.jpg",
    ],
    "rank": ["--num_photos=0", "--num_pictures=-1", "--flip"],
    "inspect": ["--split=half", "--num_photos=0", "--num_worst=-1", "a.jpg"],
    "check": [
        "--similarity=0.1",
        "--similarity=nan",
        "--split=train",
        "--ignore_label=-1",
        "--ignore_label=1;2",
    ],
    "train": ["--teacher=t", "--distillation=2", "--minutes=nan", "--fold=x"],
    "export": [f"--max_megapixels={n}" for n in ("nan", "inf", "1e300")],
    "serve": [
        "--port=-1",
        "--rest_port=70000",
        "--max_request_mb=2048",
        "--host",
        "--host=",
        "--model_name=",
        "--model_name=a b",
        "--model_name=a/b",
        "--model_name=ä",
    ],
    "data-worker": [
        "--port=1",
        "--role=boss",
        "--role=worker",
        "--role=dispatcher --dispatcher=127.0.0.1:1",
        "--role=worker --dispatcher=127.0.0.1:1 --work_dir=work",
        "--role=dispatcher --host=",
        "--role=dispatcher --port=70000",
    ],
    "demo": ["--port=70000", "--host=", "--max_megapixels=nan", "a.jpg"],
}


def test_alone_it_lists_the_commands(capsys):
    assert main.run([]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name, text in main.COMMANDS.items():
        assert any(line.split(maxsplit=1) == [name, text] for line in lines)


def test_version(capsys):
    assert main.run(["--version"]) == 0
    assert capsys.readouterr().out == f"keras_rcnn {__version__}\n"


def test_a_command_that_is_none(capsys):
    assert main.run(["lable"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("error: there is no command 'lable'. Did you mean ")
    assert "'label'" in err


@pytest.mark.parametrize("name", main.COMMANDS)
def test_help_has_the_docstring_and_every_flag(run_command, name):
    command = main.load_command(name)
    status, out, err = run_command(name, "--help")
    assert (status, err) == (0, "")
    assert out.startswith(command.__doc__)
    words = " ".join(out.split())
    for flag in (command.FLAGS[each] for each in command.FLAGS):
        assert f"--{flag.name}=" in out or f"--[no]{flag.name}" in out
        assert " ".join(short_text(flag).split()) in words
        if flag.default not in (None, [], False, True):
            assert f"(default: {str(flag.default).strip('[]')})" in words
    for line in out.splitlines():
        assert len(line) <= 80
        assert "flagfile" not in line
        assert "repeat this option" not in line


def test_help_and_completion_do_not_import_tensorflow():
    code = """
import sys, time
from keras_rcnn.cli import main
for name in main.COMMANDS:
    assert main.run([name, "--help"]) == 0
for shell in ("bash", "zsh"):
    assert main.run(["completion", shell]) == 0
slow = {"tensorflow", "keras", "matplotlib", "scipy"} & set(sys.modules)
assert not slow, slow
# Of all commands; one takes about 0.3.
assert time.process_time() < 3
"""
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
    )


@pytest.mark.parametrize(
    ("name", "wrong"), [(name, flag) for name in WRONG for flag in WRONG[name]]
)
def test_wrong_usage(run_command, name, wrong):
    given = [wrong] if name == "serve" else wrong.split()
    status, out, err = run_command(name, *NEEDED[name], *given)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert err.count("\n") == 1


def test_all_missing_flags_are_named(run_command):
    status, _, err = run_command("label", "--images=a.jpg")
    assert status == 2
    assert "error: give --model, --output_dir. See" in err


@pytest.mark.parametrize("program", PROGRAMS)
def test_the_programs_in_tools_are_commands(program):
    process = subprocess.run(
        [sys.executable, ROOT / "tools" / program, "--help"],
        cwd="/",
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (process.returncode, process.stderr) == (0, "")
    assert "\nFlags:\n" in process.stdout
