"""The frame of the programs, run as programs."""

import json
import os
import pathlib
import signal
import subprocess
import sys
import textwrap

import pytest

from keras_rcnn.cli import runner
from keras_rcnn.errors import InputError

ROOT = pathlib.Path(__file__).parents[2]


@pytest.fixture
def run_program(tmp_path):
    """Function that runs a program of the given main function."""

    def run(body, *arguments, takes_arguments=False, package=None):
        script = tmp_path / "a_program.py"
        script.write_text(
            '"""Does this and that."""\n'
            "import program\n"
            "from absl import flags\n"
            'flags.DEFINE_integer("number", 1, "Any number.")\n'
            "def main(*arguments):\n"
            f"{textwrap.indent(textwrap.dedent(body), '    ')}\n"
            f"runner.run(main, takes_arguments={takes_arguments})\n"
        )
        paths = [str(ROOT / "tools"), str(package or ROOT)]
        return subprocess.run(
            [sys.executable, script, *arguments],
            capture_output=True,
            text=True,
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
            check=False,
        )

    return run


@pytest.fixture
def no_tensorflow(tmp_path):
    """A keras_rcnn without its slow imports, which print on the way."""
    package = tmp_path / "stand_in"
    (package / "keras_rcnn").mkdir(parents=True)
    (package / "keras_rcnn" / "__init__.py").write_text(
        'import os\nos.write(2, b"a notice of a library\\n")\n'
    )
    for name in ("errors.py", "files.py"):
        text = (ROOT / "keras_rcnn" / name).read_text()
        (package / "keras_rcnn" / name).write_text(text)
    (package / "tensorflow.py").write_text(
        "class config:\n    list_physical_devices = staticmethod(lambda: [])\n"
    )
    return package


@pytest.mark.slow
def test_a_real_program_is_quiet_and_done(run_program):
    process = run_program(
        """
        import tensorflow as tf
        from absl import flags
        print(flags.FLAGS.number, float(tf.reduce_sum(tf.ones(3))), arguments)
        """,
        "--number=7",
        "a b",
        takes_arguments=True,
    )
    assert process.stderr == ""
    assert process.stdout == "7 3.0 (['a b'],)\n"
    assert process.returncode == 0


def test_what_the_user_can_mend_is_one_line(run_program, no_tensorflow):
    process = run_program(
        """
        from keras_rcnn.errors import InputError
        raise InputError("a.jpg is broken: save it again.")
        """,
        package=no_tensorflow,
    )
    assert process.returncode == 1
    assert process.stderr == "error: a.jpg is broken: save it again.\n"
    assert process.stdout == ""


def test_other_errors_keep_their_traceback(run_program, no_tensorflow):
    process = run_program("raise RuntimeError('x')", package=no_tensorflow)
    assert process.returncode == 1
    assert process.stderr.startswith("Traceback")
    assert process.stderr.endswith("RuntimeError: x\n")


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--number=x", "--number"),
        ("--nonsense", "nonsense"),
        ("stray", "'stray' is no flag"),
    ],
)
def test_wrong_usage(run_program, no_tensorflow, argument, message):
    process = run_program("pass", argument, package=no_tensorflow)
    assert process.returncode == 2
    assert process.stderr.startswith("error: ")
    assert message in process.stderr
    assert process.stderr.count("\n") == 1


def test_help(run_program, no_tensorflow):
    process = run_program("pass", "--help", package=no_tensorflow)
    assert process.returncode == 0
    assert process.stdout.startswith("Does this and that.")
    assert "--number: Any number." in process.stdout


def test_interrupted(run_program, no_tensorflow):
    process = run_program(
        f"import os\nos.kill(os.getpid(), {signal.SIGINT:d})\nwhile True: pass",
        package=no_tensorflow,
    )
    assert (process.returncode, process.stderr) == (130, "interrupted\n")


def test_not_installed(run_program, no_tensorflow):
    (no_tensorflow / "keras_rcnn" / "__init__.py").write_text(
        'raise ModuleNotFoundError("No module", name="keras_rcnn")\n'
    )
    process = run_program("pass", package=no_tensorflow)
    assert process.returncode == 1
    assert process.stderr.startswith("error: keras_rcnn is not installed: run")
    assert process.stderr.count("\n") == 1


def test_notices_are_shown_when_the_import_fails(run_program, no_tensorflow):
    (no_tensorflow / "tensorflow.py").write_text("import no_such_module\n")
    process = run_program("pass", package=no_tensorflow)
    assert process.returncode == 1
    assert process.stderr.startswith("a notice of a library\nTraceback")


def test_a_reader_that_has_read_enough(run_program, no_tensorflow):
    # As `| head` does: nobody reads stdout any more.
    process = run_program(
        """
        import os
        reading, writing = os.pipe()
        os.close(reading)
        os.dup2(writing, 1)
        print("x" * 100_000)
        """,
        package=no_tensorflow,
    )
    assert (process.returncode, process.stderr) == (1, "")


def test_prints_names_that_are_no_text(run_program, no_tensorflow):
    process = run_program(
        r"print(b'photo\xff.jpg'.decode(errors='surrogateescape'))",
        package=no_tensorflow,
    )
    assert process.stdout == "photo\\udcff.jpg\n"
    assert process.returncode == 0


def test_report(tmp_path):
    path = tmp_path / "new" / "report.json"
    runner.write_report(path, {"pixel_accuracy": 0.5, "per_class": {"é": None}})
    assert json.loads(path.read_text("utf-8")) == {
        "pixel_accuracy": 0.5,
        "per_class": {"é": None},
    }
    assert list(path.parent.iterdir()) == [path]


def test_no_report_asked_for():
    runner.write_report(None, {"score": 1})


def test_report_is_json_that_all_can_read(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        runner.write_report(tmp_path / "a.json", {"score": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_report_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        runner.write_report(tmp_path, {})
