"""Finds the photos that a user names, and names the files to write."""

import glob
import itertools
import os
import pathlib
import sys
from collections.abc import Collection, Iterable, Sequence

from keras_rcnn.errors import InputError, printable
from keras_rcnn.io.files import write_file
from keras_rcnn.io.images import PHOTO_SUFFIXES
from keras_rcnn.io.text_files import read_text

# Formats of cameras and scanners that Pillow does not read by itself.
_UNREAD_SUFFIXES = frozenset(
    ".arw .avif .cr2 .cr3 .dng .heic .heif .jp2 .jxl .nef .orf .psd .raf "
    ".rw2".split()
)
_MAX_NAMED = 3
LIST_SUFFIX = ".txt"


def unread_formats(paths: Iterable[pathlib.Path]) -> list[str]:
    """A line if there are photos in formats that cannot be read."""
    names = [
        path.name for path in paths if path.suffix.lower() in _UNREAD_SUFFIXES
    ]
    if not names:
        return []
    more = ", ..." if len(names) > _MAX_NAMED else ""
    return [
        f"{len(names)} photos are skipped, because their formats cannot be "
        f"read ({', '.join(names[:_MAX_NAMED])}{more}): convert them to JPEG "
        "or PNG."
    ]


def split_at_commas(values: Iterable[str]) -> list[str]:
    """Splits values at commas, except the names of files with a comma."""
    return [
        part
        for value in values
        for part in ([value] if os.path.exists(value) else value.split(","))
        if part
    ]


def find_photos(
    asked: Iterable[str], suffixes: Collection[str] = PHOTO_SUFFIXES
) -> list[pathlib.Path]:
    """The photos that files, patterns and folders name, without duplicates.

    Args:
        asked: files with any suffix; patterns such as `photos/*.jpg`; folders,
            for the photos directly in them; lists, which `write_list` writes.
        suffixes: of the photos that patterns and folders stand for.

    Raises:
        InputError: if one of them names no photo.
    """
    photos: dict[pathlib.Path, pathlib.Path] = {}
    for text in asked:
        for path in _matches(text, suffixes):
            photos.setdefault(path.resolve(), path)
    return list(photos.values())


def write_list(
    path: str | pathlib.Path, photos: Iterable[pathlib.Path]
) -> None:
    """Writes a text file with a photo a line, which `find_photos` takes.

    Photos below the folder of the list are named relative to it, so that both
    can be moved together; other photos have their full path.

    Raises:
        InputError: if the list cannot be written or cannot hold a name.
    """
    path = pathlib.Path(path).expanduser()
    folder = os.path.abspath(path.parent)
    lines = []
    for photo in photos:
        name = os.path.abspath(photo)
        if printable(name) != name:
            raise InputError(
                f"{photo} has a name that a list cannot hold: rename it."
            )
        if pathlib.Path(name).is_relative_to(folder):
            name = os.path.relpath(name, folder)
        lines.append(f"{name}\n")
    write_file(path, "".join(lines).encode())


def output_names(photos: Sequence[pathlib.Path]) -> list[str]:
    """A name for the files made of each photo: its own without the suffix.

    If several photos have one name, `_2` and so on are added from the second.
    """
    # Compared without case, which some file systems ignore.
    taken = {photo.stem.casefold() for photo in photos}
    given: set[str] = set()
    names = []
    for photo in photos:
        name = photo.stem
        if name.casefold() in given:
            numbered = (f"{name}_{number}" for number in itertools.count(2))
            name = next(n for n in numbered if n.casefold() not in taken)
            taken.add(name.casefold())
        given.add(name.casefold())
        names.append(name)
    return names


def refuse_to_overwrite(
    photos: Iterable[pathlib.Path], outputs: Iterable[pathlib.Path]
) -> None:
    """Refuses outputs that would replace a photo.

    Raises:
        InputError: naming the first of them.
    """
    inputs = {photo.resolve() for photo in photos}
    for output in outputs:
        if output.resolve() in inputs:
            raise InputError(
                f"{output} is one of the photos and would be overwritten: "
                "write to another folder, or leave it out."
            )


def _listed(path: pathlib.Path) -> list[pathlib.Path]:
    """The photos of a list; paths in it are relative to its folder."""
    lines = [line for line in read_text(path).splitlines() if line.strip()]
    if not lines:
        raise InputError(f"{path} lists no photo: write one a line.")
    photos = [path.parent / line for line in lines]
    for photo in photos:
        if not photo.is_file():
            raise InputError(
                f"{path} lists {photo}, and there is no such photo: correct "
                "the line or remove it."
            )
    return photos


def _matches(text: str, suffixes: Collection[str]) -> list[pathlib.Path]:
    name = os.path.expanduser(text)
    if name.lower().endswith(LIST_SUFFIX) and os.path.isfile(name):
        return _listed(pathlib.Path(name))
    if os.path.isfile(name):
        return [pathlib.Path(name)]
    is_folder = os.path.isdir(name)
    pattern = os.path.join(glob.escape(name), "*") if is_folder else name
    paths = [
        path
        for path in map(pathlib.Path, glob.iglob(pattern, recursive=True))
        if path.is_file()
    ]
    found = sorted(path for path in paths if path.suffix.lower() in suffixes)
    skipped = unread_formats(sorted(paths))
    if found:
        for line in skipped:
            print(f"note: {printable(line)}", file=sys.stderr)
        return found
    if skipped:
        raise InputError(f"{text}: {skipped[0]}")
    raise InputError(
        f"{text}: no photo is directly in this folder; name the folder that "
        "holds them."
        if is_folder
        else f"{text}: there is no such photo; check the name or pattern."
    )
