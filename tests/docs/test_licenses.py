"""The licenses of the dependencies, against the lock."""

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
