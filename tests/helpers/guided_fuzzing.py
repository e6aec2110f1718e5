"""Damaged files for one reader that reach new lines, found by atheris.

    python -m pip install atheris==3.0.0
    python -m tests.helpers.guided_fuzzing labelme -max_total_time=600

hypothesis changes whole files at random and knows nothing of the reader;
atheris goes on with each file that reached new lines. The arguments after the
name of the reader are those of libFuzzer. A file that breaks the reader is
written to `crash-*`: keep it as `tests/fuzz/found/READER-WHAT`.
"""

import pathlib
import sys
import tempfile

import atheris

with atheris.instrument_imports(include=["keras_rcnn", "scipy.io.matlab"]):
    from tests.fuzz import test_readers


def main() -> None:
    """Reads damaged files until a reader breaks or the time is over."""
    reader, *options = sys.argv[1:]
    folder = pathlib.Path(tempfile.mkdtemp())
    (folder / "corpus").mkdir()
    contents = test_readers.whole_files(folder)[reader]
    for number, content in enumerate(contents):
        (folder / "corpus" / str(number)).write_bytes(content)
    atheris.Setup(
        [sys.argv[0], *options, str(folder / "corpus")],
        lambda data: test_readers.check(reader, data, folder / "file"),
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
