"""The licenses of the dependencies, against the lock."""

import json
import pathlib

from docs.build.licenses import LOCK, PAGE, locked_packages


def test_every_locked_package_is_listed():
    rows = [
        line.split(" | ")
        for line in PAGE.read_text().splitlines()
        if line.startswith("| ")
    ]
    licenses = {name.removeprefix("| "): text for name, text in rows[2:]}
    assert list(licenses) == locked_packages(LOCK.read_text())
    assert all(text.removesuffix(" |") for text in licenses.values())
    assert "LGPL" in licenses["pyvips-binary"]


def test_extras_are_installed_by_hash():
    makefile = pathlib.Path(PAGE.parents[1], "Makefile").read_text()
    for lock in ("requirements.lock", "requirements-extras.lock"):
        assert f"--require-hashes --requirement {lock}" in makefile
    packages = LOCK.read_text().split("\n")
    names = [line for line in packages if line and not line.startswith(" ")]
    assert all(line.endswith("\\") for line in names)


def test_the_npm_packages_of_the_page_are_listed_and_installed_by_hash():
    page = PAGE.parent / "browser"
    lock = (page / "package-lock.json").read_text()
    _, *packages = json.loads(lock)["packages"].items()
    assert len(packages) == 2
    for place, package in packages:
        assert package["integrity"].startswith("sha512-")
        assert package["license"] == "Apache-2.0"
        assert f"`{place.removeprefix('node_modules/')}`" in PAGE.read_text()
    # Each machine has its own registry.
    assert "http" not in lock
