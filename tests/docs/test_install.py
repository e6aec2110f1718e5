"""The page on installing."""

import pathlib
import re
import tomllib

ROOT = pathlib.Path(__file__).parents[2]
# For work on the project itself.
OF_DEVELOPERS = {
    "cvat",
    "dev",
    "docs",
    "mediapipe",
    "notebook",
    "pages",
    "peers",
    "photo",
}


def test_the_page_lists_every_extra():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = project["optional-dependencies"]
    page = (ROOT / "docs" / "install.md").read_text()
    rows = re.findall(r"^\| (`.*?) \|", page, re.M)
    listed = [name for row in rows for name in re.findall(r"`(\w+)`", row)]

    assert set(listed) == extras.keys() - OF_DEVELOPERS
    (everything,) = extras["all"]
    names = re.fullmatch(r"keras-scene-parsing\[(.*)\]", everything)[1]
    assert set(names.split(",")) == set(listed) - {"all"}
