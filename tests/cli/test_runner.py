"""How every command runs: flags, exit status, errors, reports."""

import json
import os
import subprocess
import sys
import types

import pytest

from keras_rcnn.cli import flags, runner
from keras_rcnn.errors import InputError
from keras_rcnn.io import quiet
from tests.helpers.run_command import run_command


@pytest.fixture
def run(capfd):
    """Function of a `main` and arguments that runs it as a command."""

    def run_main(main, *arguments, **settings):
        command = types.ModuleType("example", "Does this and that.")
        command.FLAGS = flags.Flags()
        command.FLAGS.add_integer("number", 1, "Any number.")
        command.main = main
        vars(command).update(settings)
        return run_command(capfd, command, *arguments)

    return run_main


def fail_with(error):
    def main():
        raise error

    return main


def test_arguments_stand_before_and_after_flags(run):
    given = []
    status, out, err = run(
        given.append, "a b", "--number=7", "c", TAKES_ARGUMENTS=True
    )
    assert (status, out, err) == (0, "", "")
    assert given == [["a b", "c"]]


def test_flags_that_a_command_does_not_define_are_for_it(run):
    given = []
    status, _, err = run(
        given.append, "--number=7", "--runner=x", TAKES_OTHER_FLAGS=True
    )
    assert (status, err) == (0, "")
    assert given == [["--runner=x"]]


def test_an_error_that_the_user_can_fix_is_one_line(run):
    status, out, err = run(fail_with(InputError("a.jpg is broken: save it.")))
    assert (status, out) == (1, "")
    assert err == "error: a.jpg is broken: save it.\n"


def test_arguments_in_a_message_become_flags(run):
    error = InputError("give number=2, not --number=3, a/number=4 or name=5.")
    assert run(fail_with(error))[2] == (
        "error: give --number=2, not --number=3, a/number=4 or name=5.\n"
    )


def test_other_errors_keep_their_traceback(run):
    with pytest.raises(RuntimeError, match="x"):
        run(fail_with(RuntimeError("x")))


@pytest.mark.parametrize(
    ("argument", "message"),
    [
        ("--number=x", "--number"),
        ("--number=0", "--number"),
        ("--nonsense", "nonsense"),
        ("stray", "'stray' is not a flag"),
    ],
)
def test_wrong_usage(run, argument, message):
    status, out, err = run(fail_with(AssertionError()), argument)
    assert (status, out) == (2, "")
    assert err.startswith("error: ")
    assert message in err
    assert err.count("\n") == 1


def test_interrupted(run):
    status, _, err = run(fail_with(KeyboardInterrupt()))
    assert (status, err) == (130, "interrupted\n")


def test_a_run_forgets_the_flags_of_the_run_before(capfd):
    command = types.ModuleType("example", "")
    command.FLAGS = flags.Flags()
    command.FLAGS.add_strings("photo", None, "Any photo.")
    command.main = lambda: print(command.FLAGS.photo)
    for arguments, expected in (
        (("--photo=a", "--photo=b"), "['a', 'b']\n"),
        (("--photo=c",), "['c']\n"),
        ((), "None\n"),
    ):
        assert run_command(capfd, command, *arguments)[:2] == (0, expected)


@pytest.mark.parametrize(
    ("error", "shown"),
    [(RuntimeError, "a notice\n"), (InputError, ""), (KeyboardInterrupt, "")],
)
def test_notices_are_shown_if_libraries_fail(capfd, error, shown):

    def fail():
        with quiet.quiet_libraries():
            os.write(2, b"a notice\n")
            raise error("a reason")

    with pytest.raises(error):
        fail()
    with quiet.quiet_libraries():
        os.write(2, b"another notice\n")
    assert capfd.readouterr().err == shown


def test_a_reader_that_has_read_enough():
    """As `| head` does: nobody reads stdout any more."""
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [sys.executable, "-m", "keras_rcnn.cli", "train", "--help"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
    )
    os.close(writing)
    assert (process.returncode, process.stderr) == (1, b"")


def test_prints_file_names_that_are_no_text(run):
    name = b"photo\xff.jpg".decode(errors="surrogateescape")
    assert run(lambda: print(name)) == (0, "photo\\udcff.jpg\n", "")


def test_report(tmp_path):
    path = tmp_path / "new" / "report.json"
    figures = {"pixel_accuracy": 0.5, "per_class": {"é": None}}
    runner.write_report(path, figures)
    assert json.loads(path.read_text("utf-8")) == figures
    assert list(path.parent.iterdir()) == [path]


def test_report_is_json_that_all_can_read(tmp_path):
    with pytest.raises(ValueError, match="JSON"):
        runner.write_report(tmp_path / "a.json", {"score": float("nan")})
    assert list(tmp_path.iterdir()) == []


def test_report_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="cannot be written"):
        runner.write_report(tmp_path, {})


def test_outputs_are_refused_before_the_work(tmp_path):
    values = flags.Flags()
    flags.add_report(values)
    values.add_string("output", None, "Page.")
    (tmp_path / "file").touch()
    for name in ("report", "output"):
        for path, message in (
            (tmp_path, f"--{name}={tmp_path} is a folder: name a file in it."),
            (tmp_path / "file/a", "file is a file: choose another name"),
        ):
            values[name].value = str(path)
            with pytest.raises(InputError, match=message):
                runner.prepare_outputs(values)
        values[name].value = None
