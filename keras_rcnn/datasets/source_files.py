"""Files of a data set as its authors distribute it, packed or unpacked."""

import functools
import pathlib
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

from keras_rcnn.errors import InputError

Wanted = Callable[[str], bool]


def read_source(
    manual_dir: pathlib.Path, archive: str, wanted: Wanted
) -> dict[str, bytes]:
    """Contents of the wanted files, from the archive or its unpacked folder.

    The folder is taken where both are there. Everything is held in memory,
    about as many bytes as the archive unpacks to, so that nothing is left on
    disk should the program be killed.

    Args:
        manual_dir: holds the archive or the folder.
        archive: its file name, `FOLDER.tar.gz` or `FOLDER.zip`.
        wanted: whether a file is needed, given its path.

    Returns:
        Contents by path inside the folder, as in `images/0001.jpg`.

    Raises:
        InputError: if neither is there, or the archive is broken.
    """
    folder = archive.split(".")[0]
    if (manual_dir / folder).is_dir():
        files = _files_of_folder(manual_dir, folder, wanted)
    elif (manual_dir / archive).is_file():
        files = _files_of_archive(manual_dir / archive, folder, wanted)
    else:
        raise InputError(
            f"{manual_dir} holds neither {archive} nor a folder {folder}: put "
            f"{archive} there as its authors distribute it, or unpack it there."
        )
    return dict(files)


def _files_of_folder(
    manual_dir: pathlib.Path, folder: str, wanted: Wanted
) -> Iterator[tuple[str, bytes]]:
    for path in sorted((manual_dir / folder).rglob("*")):
        name = path.relative_to(manual_dir / folder).as_posix()
        if _is_wanted(name, wanted) and path.is_file():
            try:
                yield name, path.read_bytes()
            except OSError as error:
                raise InputError(
                    f"{path} cannot be read ({error.strerror}): make it "
                    "readable."
                ) from error


def _files_of_archive(
    path: pathlib.Path, folder: str, wanted: Wanted
) -> Iterator[tuple[str, bytes]]:
    read = _zip_members if path.suffix == ".zip" else _tar_members
    try:
        for member, content in read(path):
            top, _, name = member.removeprefix("./").partition("/")
            if top == folder and _is_wanted(name, wanted):
                yield name, content()
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        OSError,
    ) as error:
        raise InputError(
            f"{path} is not a whole archive ({error}): download it again."
        ) from error


def _tar_members(
    path: pathlib.Path,
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    with tarfile.open(path) as archive:
        for member in archive:
            file = archive.extractfile(member) if member.isfile() else None
            if file is not None:
                yield member.name, file.read


def _zip_members(
    path: pathlib.Path,
) -> Iterator[tuple[str, Callable[[], bytes]]]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield member.filename, functools.partial(archive.read, member)


def _is_wanted(name: str, wanted: Wanted) -> bool:
    # macOS puts a hidden "._0001.jpg" beside "0001.jpg".
    return not name.rpartition("/")[2].startswith(".") and wanted(name)
