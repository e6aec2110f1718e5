"""Writes docs/licenses.md from the lock and the installed packages.

    python -m docs.build.licenses

Run it in an environment with all extras.
"""

import importlib.metadata
import pathlib
import re
from typing import Any

ROOT = pathlib.Path(__file__).parents[2]
LOCK = ROOT / "requirements-extras.lock"
PAGE = ROOT / "docs" / "licenses.md"
INTRODUCTION = """# Licenses of the dependencies

This project has the Apache License 2.0. All packages that
`requirements-extras.lock` names, for use and for work on the project, are
listed here with the license that their authors state. This project
distributes none of them.

This project distributes one file of others, `konva.min.js` of Konva 10.9.1
(198 kB, MIT License), which draws on the page of `keras-rcnn demo --teach`. It
lies with its license in `keras_rcnn/demo/teach/konva`.

`make browser` gets the npm packages `@litertjs/core` and
`@litertjs/wasm-utils` (LiteRT for the web, Apache License 2.0) and copies them
into the page in `build/browser`, with their license. Who offers that page
distributes them. The packages do not list the licenses of the libraries that
are compiled into their WebAssembly, XNNPACK among them. The page also
has the photo `china.jpg` by danielbuechele (CC BY 2.0), with its credit.

`pyvips-binary`, of the extra `big`, contains libvips, which has the LGPL 2.1
or later, and libraries that libvips uses; as a whole it has the LGPL 3 or
later. This project calls libvips through `pyvips` and does not change it.

`av`, of the extra `video`, contains FFmpeg, which has the LGPL 3 or later, and
the encoders x264 and x265, which have the GPL 2 or later. This project calls
them through `av` and does not change them.

| package | license |
| --- | --- |
"""


def locked_packages(text: str) -> list[str]:
    r"""Names of the packages of a lock, each once.

    >>> locked_packages("a==1 --hash=x\nb-c==2 ; python_version < '3.12'")
    ['a', 'b-c']
    """
    return sorted(set(re.findall(r"^([\w.-]+)==", text, re.MULTILINE)))


def license_of(name: str) -> str:
    """The license that a package states, or where to look it up."""
    try:
        # Its type lacks the methods of messages in some versions.
        about: Any = importlib.metadata.metadata(name)
    except importlib.metadata.PackageNotFoundError:
        return "see its page: for another system or version of Python"
    if expression := about.get("License-Expression"):
        return expression
    classifiers = [
        line.split(" :: ")[-1]
        for line in about.get_all("Classifier") or ()
        if line.startswith("License :: ") and line != "License :: OSI Approved"
    ]
    first = (about.get("License") or "").strip().split("\n")[0]
    return ", ".join(classifiers) or first[:80] or "see its page"


def main() -> None:
    """Writes the page."""
    rows = [
        f"| {name} | {license_of(name)} |"
        for name in locked_packages(LOCK.read_text())
    ]
    PAGE.write_text(INTRODUCTION + "\n".join(rows) + "\n")


if __name__ == "__main__":
    main()
