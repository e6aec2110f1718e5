"""Imports run in one direction, and importing the package is cheap."""

import ast
import graphlib
import pathlib
import subprocess
import sys

import pytest

import keras_rcnn

ROOT = pathlib.Path(__file__).parents[1]
PACKAGE = ROOT / "keras_rcnn"
# A package imports only from itself and from the packages before it.
ORDER = (
    "io datasets annotations maps layers optimizers models losses metrics"
    " training labeling runtime evaluation reports export serving corpus"
    " teaching demo cli"
).split()
REPOSITORY_ONLY = {"benchmarks", "docs", "experiments", "tests", "tools"}


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


MODULES = {module_name(path): path for path in PACKAGE.rglob("*.py")}


def imported_names(path):
    """Yields all that a file imports, `a.b.c` for `from a.b import c`."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        elif isinstance(node, ast.Attribute):
            # The root package imports `keras_rcnn.b` when it is first used.
            if getattr(node.value, "id", "") == "keras_rcnn":
                yield f"keras_rcnn.{node.attr}"


def imported_modules(name):
    """Returns the modules of the package that a module imports."""
    names = set(imported_names(MODULES[name]))
    # The part before the last dot defines what is not a module itself.
    names = {n if n in MODULES else n.rpartition(".")[0] for n in names}
    return names & MODULES.keys() - {name, "keras_rcnn"}


IMPORTS = {
    name: imported_modules(name) for name in MODULES if name != "keras_rcnn"
}


def test_each_package_imports_only_from_those_before_it():
    def position(name):
        folder = name.split(".")[1]
        return -1 if folder == "errors" else ORDER.index(folder)

    against = {
        f"{name} -> {other}"
        for name, others in IMPORTS.items()
        for other in others
        if position(other) > position(name)
    }
    assert not against


def test_no_modules_import_each_other_in_a_circle():
    try:
        graphlib.TopologicalSorter(IMPORTS).prepare()
    except graphlib.CycleError as error:
        pytest.fail(" <- ".join(error.args[1]))


def test_the_package_imports_nothing_that_only_the_repository_has():
    for name, path in MODULES.items():
        first = {other.partition(".")[0] for other in imported_names(path)}
        assert not first & REPOSITORY_ONLY, name


def test_the_root_of_the_package_holds_no_other_modules():
    files = {path.name for path in PACKAGE.glob("*.py")}
    assert files == {"__init__.py", "errors.py"}


def test_pictures_are_opened_in_one_place():
    """Others would forget the formats, or the limit of pixels."""
    folders = ("keras_rcnn", "benchmarks", "experiments", "tools")
    for path in (f for name in folders for f in (ROOT / name).rglob("*.py")):
        calls = {
            ast.unparse(node.func)
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Call)
        }
        opens = any(call.endswith("Image.open") for call in calls)
        assert opens == (path == PACKAGE / "io/pictures.py"), path


def test_no_function_has_the_name_of_its_module():
    for path in MODULES.values():
        names = {
            node.name
            for node in ast.parse(path.read_text()).body
            if isinstance(node, ast.FunctionDef)
        }
        # `main.main` is the entry point of the command.
        assert path.stem not in names - {"main"}, path


def test_importing_the_package_imports_no_tensorflow():
    code = "import keras_rcnn, sys; sys.exit('tensorflow' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=True)


def test_the_citation_names_the_version():
    citation = (ROOT / "CITATION.cff").read_text()
    assert f"\nversion: {keras_rcnn.__version__}\n" in citation
