"""How every command runs: flags, exit status, errors, reports."""

import json
import os
import subprocess
import sys
import types

import pytest
from absl import flags as absl_flags

from keras_rcnn.cli import flags, help_text, runner
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


@pytest.fixture
def read_lists():
    """Function that reads the flags of every kind of list."""
    values = flags.Flags()
    values.add_integers("numbers", "")
    values.add_list("names", "")
    values.add_multi_enum("kinds", ["a", "b"], "")
    values.add_floats("scale", [1.0], "")
    values.add_joined("model", "")
    command = types.SimpleNamespace(FLAGS=values)

    def read(*arguments):
        runner.parse_flags(command, ["program", *arguments])
        return values.flag_values_dict()

    return read


def test_help_of_a_flag_is_its_text():
    values = flags.Flags()
    values.add_multi_enum("several", ["a", "b"], "The text.")
    values.add_enum("one", None, ["a", "b"], "The text.")
    for name in ("several", "one"):
        assert help_text.short_text(values[name]) == "The text."


def test_lists_take_commas_and_are_repeated(read_lists):
    expected = {
        "numbers": [4, 5],
        "names": ["x", "y"],
        "kinds": ["a", "b"],
        "scale": [0.5, 2.0],
        "model": "m,n",
    }
    both = {"numbers": "45", "names": "xy", "kinds": "ab", "model": "mn"}
    pairs = {**both, "scale": ("0.5", "2")}
    commas = [f"--{name}={','.join(pair)}" for name, pair in pairs.items()]
    repeated = [f"--{name}={x}" for name, pair in pairs.items() for x in pair]
    assert read_lists(*commas) == expected
    assert read_lists(*repeated) == expected
    # Nothing is left of an earlier run.
    given = read_lists("--model=m", "--numbers=")
    assert (given["model"], given["numbers"]) == ("m", [])
    assert (given["names"], given["scale"]) == (None, [1.0])


@pytest.mark.parametrize(
    ("argument", "what"),
    [
        ("--numbers=4,x", "not a whole number: 'x'"),
        ("--kinds=a,c", "value should be one of <a|b>"),
        ("--scale=1,nan", "give finite numbers"),
        ("--scale=", "not a number: ''"),
    ],
)
def test_a_wrong_list_is_shown_as_it_was_typed(read_lists, argument, what):
    with pytest.raises(absl_flags.Error) as error:
        read_lists("--model=m", argument)
    message = runner.explain_usage(str(error.value))
    assert message == f"flag {argument}: {what}"
