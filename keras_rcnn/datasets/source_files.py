"""Files of a published data set, packed in an archive or unpacked."""

import contextlib
import functools
import gzip
import pathlib
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from keras_rcnn.errors import InputError

Wanted = Callable[[str], bool]
# The published files have up to 1 MB, and 150 MB together.
_MAX_FILE, _MAX_BYTES = 2**26, 2**30


def read_source(
    manual_dir: pathlib.Path, archive: str, wanted: Wanted
) -> dict[str, bytes]:
    """Reads the wanted files from the archive or from its unpacked folder.

    The folder is used if both exist. All contents are kept in memory, so that
    nothing is left on the disk if the process is killed.

    Args:
        manual_dir: folder with the archive or the unpacked folder.
        archive: file name of the archive, `FOLDER.tar.gz` or `FOLDER.zip`.
        wanted: function of a path inside the folder that returns whether the
            file is needed.

    Returns:
        Contents by path inside the folder, for example `images/0001.jpg`.

    Raises:
        InputError: if neither exists, if the archive is broken, or if files
            are far larger than the published ones.
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
    with _broken_named(manual_dir / archive):
        return _read_bounded(files, manual_dir, archive)


def _read_bounded(
    files: Iterable["_File"], manual_dir: pathlib.Path, archive: str
) -> dict[str, bytes]:
    contents: dict[str, bytes] = {}
    bytes_left = _MAX_BYTES
    for name, size, read in files:
        if name in contents:
            raise InputError(
                f"{archive} holds {name} twice: get it again, or unpack it in "
                f"{manual_dir} and keep one of them."
            )
        bytes_left -= size
        if size > _MAX_FILE or bytes_left < 0:
            raise InputError(
                f"{name} in {manual_dir} has {size} bytes, far more than the "
                f"published files: get {archive} again."
            )
        contents[name] = read()
    return contents


@contextlib.contextmanager
def _broken_named(path: pathlib.Path) -> Iterator[None]:
    """Names the archive, or the file of its unpacked folder, in errors."""
    try:
        yield
    except InputError:
        raise
    except (
        tarfile.TarError,
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        OSError,
        RuntimeError,
        ValueError,
    ) as error:
        if isinstance(error, OSError) and error.filename:
            raise InputError(
                f"{error.filename} cannot be read ({error.strerror}): make it "
                "readable."
            ) from error
        raise InputError(
            f"{path} is not a whole archive ({error}): download it again."
        ) from error


# Name below the folder, size in bytes, and function that gives the content.
_File = tuple[str, int, Callable[[], bytes]]


def _files_of_folder(
    manual_dir: pathlib.Path, folder: str, wanted: Wanted
) -> Iterator[_File]:
    for path in sorted((manual_dir / folder).rglob("*")):
        name = path.relative_to(manual_dir / folder).as_posix()
        if _is_wanted(name, wanted) and path.is_file():
            yield name, path.stat().st_size, path.read_bytes


def _files_of_archive(
    path: pathlib.Path, folder: str, wanted: Wanted
) -> Iterator[_File]:
    members = _zip_members if path.suffix == ".zip" else _tar_members
    for member, size, read in members(path):
        top, _, name = posixpath.normpath(member).partition("/")
        if top == folder and _is_wanted(name, wanted):
            yield name, size, read


def _zip_members(path: pathlib.Path) -> Iterator[_File]:
    with zipfile.ZipFile(path) as archive:
        for member in archive.infolist():
            if not member.is_dir():
                yield (
                    member.filename,
                    member.file_size,
                    functools.partial(archive.read, member),
                )


def _tar_members(path: pathlib.Path) -> Iterator[_File]:
    with gzip.open(path) as file:
        small_reads: Any = _SmallReads(file)
        with tarfile.open(fileobj=small_reads, mode="r:") as archive:
            for member in archive:
                content = None
                if member.isreg():
                    content = archive.extractfile(member)
                if content:
                    yield member.name, member.size, content.read


class _SmallReads:
    """A file that refuses to read much at once, as for long names of a tar."""

    def __init__(self, file: gzip.GzipFile) -> None:
        self._file = file
        self.seek, self.tell = file.seek, file.tell

    def read(self, size: int) -> bytes:
        if size > _MAX_FILE:
            raise tarfile.ReadError(f"a part of {size} bytes")
        return self._file.read(size)


def _is_wanted(name: str, wanted: Wanted) -> bool:
    # macOS adds a hidden "._0001.jpg" for each "0001.jpg".
    return not name.rpartition("/")[2].startswith(".") and wanted(name)
