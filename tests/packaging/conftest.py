"""The package installed in a second environment, far from the repository."""

import importlib.metadata
import json
import pathlib
import shutil
import subprocess
import sys
import venv

import pytest
from packaging.requirements import Requirement

ROOT = pathlib.Path(__file__).parents[2]
PROJECT = "keras-scene-parsing"
RUNTIME = "keras-scene-parsing-runtime"


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """A copy of the files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    )
    folder = tmp_path_factory.mktemp("sources")
    for name in listed.stdout.decode().strip("\0").split("\0"):
        if (ROOT / name).exists():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name, follow_symlinks=False)
    return folder


@pytest.fixture(scope="session")
def build(sources):
    """Function that builds an archive, "wheel" or "sdist", offline.

    Of the main distribution, or of the one in another folder.
    """

    def run(kind, folder=sources):
        code = (
            "from setuptools import build_meta\n"
            f"print(build_meta.build_{kind}('dist'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            check=True,
            capture_output=True,
            text=True,
        )
        return folder / "dist" / done.stdout.splitlines()[-1]

    return run


@pytest.fixture(scope="session")
def wheel(build):
    return build("wheel")


@pytest.fixture(scope="session")
def install(tmp_path_factory):
    """Function that gives a virtual environment with a wheel.

    Nothing there leads to the repository. Links lead to the distributions that
    are named, in the environment of the tests.
    """

    def run(wheel, names):
        folder = tmp_path_factory.mktemp("environment")
        venv.create(folder, symlinks=True)
        pip = [sys.executable, "-m", "pip", "--python", f"{folder}/bin/python"]
        subprocess.run(
            [*pip, "install", "--quiet", "--no-deps", "--no-index", wheel],
            check=True,
        )
        (packages,) = folder.glob("lib/python*/site-packages")
        for name in names - {PROJECT, RUNTIME}:
            distribution = importlib.metadata.distribution(name)
            for top in {file.parts[0] for file in distribution.files}:
                if top not in ("..", "__pycache__") and ".pth" not in top:
                    link = packages / top
                    if not link.is_symlink():
                        link.symlink_to(distribution.locate_file(top))
        subprocess.run([*pip, "check"], check=True)
        return folder

    return run


def distributions_for(requirements):
    """Names of all distributions that requirements need, without extras."""
    found = set()
    waiting = [(Requirement(text).name, ()) for text in requirements]
    while waiting:
        name, extras = item = waiting.pop()
        if item in found:
            continue
        found.add(item)
        for text in importlib.metadata.requires(name) or ():
            need = Requirement(text)
            if need.marker is None or any(
                need.marker.evaluate({"extra": extra})
                for extra in ("", *extras)
            ):
                waiting.append((need.name, tuple(sorted(need.extras))))
    return {name for name, _ in found}


@pytest.fixture(scope="session")
def core(install, wheel):
    """An environment without any extra."""
    return install(wheel, distributions_for([PROJECT]))


@pytest.fixture(scope="session")
def full(install, wheel):
    """An environment with all that the environment of the tests has."""
    distributions = importlib.metadata.distributions()
    return install(wheel, {item.metadata["Name"] for item in distributions})


@pytest.fixture
def run(tmp_path):
    """Function that runs a program in a folder outside the repository."""

    def run(environment, program, *arguments):
        return subprocess.run(
            [environment / "bin" / program, *map(str, arguments)],
            cwd=tmp_path,
            env={"CUDA_VISIBLE_DEVICES": "-1", "HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            timeout=600,
        )

    return run


# Each prints a line of JSON: exit status, stdout and stderr.
RUN_ALL = """
import contextlib, io, json, sys
from keras_rcnn.cli import main

for arguments in json.loads(sys.argv[1]):
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        status = main.run(arguments)
    print(json.dumps([status, out.getvalue(), err.getvalue()]))
"""


@pytest.fixture
def run_all(run):
    """Function that runs commands of `keras-rcnn` in one process.

    It returns exit status, stdout and stderr of each.
    """

    def run_all(environment, *commands):
        listed = json.dumps([[*map(str, each)] for each in commands])
        done = run(environment, "python", "-c", RUN_ALL, listed)
        assert done.returncode == 0, done.stderr
        results = [json.loads(line) for line in done.stdout.splitlines()]
        assert len(results) == len(commands)
        return results

    return run_all
