"""The package installed in a second environment, far from the repository."""

import importlib.metadata
import pathlib
import shutil
import subprocess
import sys
import sysconfig
import venv

import pytest
from packaging.requirements import Requirement

ROOT = pathlib.Path(__file__).parents[2]
# Makes modules look as if they were not installed.
BLOCKER = """\
import os, sys
class Blocker:
    def find_spec(self, name, path=None, target=None):
        if name in os.environ.get("BLOCKED", "").split():
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Blocker())
"""


@pytest.fixture(scope="session")
def sources(tmp_path_factory):
    """A copy of the files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True
    )
    folder = tmp_path_factory.mktemp("sources")
    for name in listed.stdout.decode().strip("\0").split("\0"):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    return folder


@pytest.fixture(scope="session")
def build(sources):
    """Function that builds an archive, "wheel" or "sdist", offline."""

    def run(kind):
        code = (
            "from setuptools import build_meta\n"
            f"print(build_meta.build_{kind}('dist'))"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=sources,
            check=True,
            capture_output=True,
            text=True,
        )
        return sources / "dist" / done.stdout.splitlines()[-1]

    return run


@pytest.fixture(scope="session")
def wheel(build):
    return build("wheel")


@pytest.fixture(scope="session")
def environment(tmp_path_factory, wheel):
    """A virtual environment with the wheel and no way to the repository.

    It borrows all other packages from the environment of the tests. Python
    reads no .pth file there, so that the editable install has no effect.
    """
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", folder / "bin" / "python"]
    subprocess.run(
        [*pip, "install", "--quiet", "--no-deps", "--no-index", wheel],
        check=True,
    )
    (packages,) = folder.glob("lib/python*/site-packages")
    (packages / "blocker.py").write_text(BLOCKER)
    (packages / "borrowed.pth").write_text(
        f"{sysconfig.get_path('purelib')}\nimport blocker\n"
    )
    subprocess.run([*pip, "check"], check=True)
    return folder


def required(name, extras=("",)):
    """Names of the distributions that one requires, itself among them."""
    found, waiting = set(), [(name, tuple(extras))]
    while waiting:
        if (item := waiting.pop()) in found:
            continue
        found.add(item)
        for text in importlib.metadata.requires(item[0]) or ():
            need = Requirement(text)
            if need.marker is None or any(
                need.marker.evaluate({"extra": extra}) for extra in item[1]
            ):
                waiting.append((need.name, ("", *sorted(need.extras))))
    return {_canonical(name) for name, _ in found}


def _canonical(name):
    return name.lower().replace("_", "-").replace(".", "-")


@pytest.fixture(scope="session")
def optional_modules():
    """Top-level modules that an installation without any extra lacks."""
    core = required("keras-scene-parsing")
    modules = importlib.metadata.packages_distributions()
    return sorted(
        module
        for module, names in modules.items()
        if not core & set(map(_canonical, names))
    )


@pytest.fixture
def run(environment, tmp_path):
    """Function that runs `keras-rcnn` in a folder outside the repository."""

    def run(*arguments, blocked=()):
        return subprocess.run(
            [environment / "bin" / "keras-rcnn", *map(str, arguments)],
            cwd=tmp_path,
            env={"BLOCKED": " ".join(blocked), "CUDA_VISIBLE_DEVICES": "-1"},
            capture_output=True,
            text=True,
            timeout=300,
        )

    return run
