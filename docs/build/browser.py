"""Puts the page of docs/browser together: `make browser`; some seconds.

    python -m docs.build.browser

Needs npm, which gets LiteRT for the web as docs/browser/package-lock.json names
it, and the extra `photo` for the sample photo. The folder that it writes is
complete: any server of files can offer it.
"""

import json
import pathlib
import shutil
import subprocess
import sys
import tempfile

from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.errors import InputError
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.sample_photo import find_sample_photo

ROOT = pathlib.Path(__file__).parents[2]
PAGE = ROOT / "docs" / "browser"
NETWORKS = (
    "pyramid_stanford_background",
    "rcnn2_stanford_background",
    "pyramid_sift_flow",
)
# For photos of 4:3 and of 3:4.
FILES = ("weights.tflite", "portrait.tflite")
# What the license of the sample photo asks for.
CREDIT = (
    (
        "Photo: danielbuechele",
        "https://www.flickr.com/photos/danielbuechele/6061409035",
    ),
    ("CC BY 2.0", "https://creativecommons.org/licenses/by/2.0/"),
)
# The browser takes the first if it has relaxed SIMD, and the second if not.
WASM = ("litert_wasm_internal", "litert_wasm_compat_internal")
BARE, PLAIN = '"@litertjs/wasm-utils"', '"./wasm-utils.js"'
NOTICE = """LiteRT for the web: the npm packages @litertjs/core and
@litertjs/wasm-utils {version}, by Google, under the Apache License 2.0.
Changed: core.js imports wasm-utils.js by its path. The license follows.

"""
FLAGS = Flags()
FLAGS.add_string("output_dir", "build/browser", "Folder to write or replace.")
NEEDS_TENSORFLOW = False


def main() -> None:
    """Writes the page and prints the size of its parts."""
    folder = pathlib.Path(FLAGS.output_dir)
    if folder.exists() and not (folder / "contents.json").is_file():
        raise InputError(f"{folder} is not a page: name another --output_dir.")
    make_folder(folder.parent)
    # Beside it, so that a page is replaced only by a complete one.
    with tempfile.TemporaryDirectory(dir=folder.parent) as work:
        page = pathlib.Path(work, "page")
        write_page(page)
        if folder.exists():
            shutil.rmtree(folder)
        page.rename(folder)
    for name, parts in sizes(folder).items():
        print(f"{name}: {sum(parts) / 1024:,.0f} KB")
    print(folder)


def write_page(page: pathlib.Path) -> None:
    """Writes all files of the page.

    Args:
        page: new folder.
    """
    shutil.copytree(
        PAGE, page, ignore=shutil.ignore_patterns("package*.json", "node_*")
    )
    shutil.copy(find_sample_photo(), page / "china.jpg")
    copy_litert(page / "litert")
    networks = []
    for name in NETWORKS:
        source = ROOT / "saved_models" / name / "litert"
        (page / name).mkdir()
        for file in FILES:
            shutil.copy(source / file, page / name)
        networks.append(
            {"name": name, "files": [f"{name}/{file}" for file in FILES]}
        )
    contents = {
        "networks": networks,
        "sample": {"name": "china.jpg", "credit": CREDIT},
    }
    (page / "contents.json").write_text(json.dumps(contents, indent=1))


def copy_litert(folder: pathlib.Path) -> None:
    """Gets LiteRT for the web from npm.

    Args:
        folder: new folder for its files and their license.

    Raises:
        InputError: if npm is missing or fails.
    """
    folder.mkdir()
    with tempfile.TemporaryDirectory() as work:
        for name in ("package.json", "package-lock.json"):
            shutil.copy(PAGE / name, work)
        run_npm(work)
        packages = pathlib.Path(work, "node_modules", "@litertjs")
        for name in WASM:
            for suffix in (".js", ".wasm"):
                shutil.copy(
                    packages / "core" / "wasm" / (name + suffix), folder
                )
        utils = packages / "wasm-utils" / "dist" / "index.js"
        shutil.copy(utils, folder / "wasm-utils.js")
        core = (packages / "core" / "dist" / "index.js").read_text()
        if core.count(BARE) != 1:
            raise InputError(f"LiteRT does not import {BARE} once any more.")
        # Browsers know addresses, not names of packages.
        (folder / "core.js").write_text(core.replace(BARE, PLAIN))
        about = json.loads((packages / "core" / "package.json").read_text())
    notice = NOTICE.format(version=about["version"])
    (folder / "LICENSE").write_text(notice + (ROOT / "LICENSE").read_text())


def run_npm(folder: str) -> None:
    """Installs the packages of a lock, each checked by its hash."""
    npm = shutil.which("npm")
    if npm is None:
        raise InputError("The page needs npm: install Node.js.")
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if result.returncode:
        reason = (result.stderr.strip().splitlines() or ["no reason"])[0]
        raise InputError(f"npm ci failed ({reason}): is npm's registry there?")


def sizes(page: pathlib.Path) -> dict[str, list[int]]:
    """Sizes in bytes of the files of each part of the page."""
    parts: dict[str, list[int]] = {}
    for file in sorted(page.rglob("*")):
        if file.is_file():
            path = file.relative_to(page)
            is_wasm = path.suffix == ".wasm"
            part = str(path) if is_wasm else path.parts[0]
            part = part if len(path.parts) > 1 else "page and sample photo"
            parts.setdefault(part, []).append(file.stat().st_size)
    return parts


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
