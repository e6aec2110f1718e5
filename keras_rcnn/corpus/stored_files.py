"""Files on all filesystems of Beam."""

import contextlib
import pathlib
import tempfile
from collections.abc import Iterable, Iterator

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

_AS_THEY_ARE = CompressionTypes.UNCOMPRESSED
# An uploaded file appears here only when it is complete.
_OBJECT_STORES = frozenset({"azfs", "gs", "s3"})


def is_local(path: str) -> bool:
    """Returns whether a file or folder is on this machine."""
    return FileSystems.get_scheme(path) is None


def read(path: str, offset: int = 0, length: int = -1) -> bytes:
    """Reads a file, or a part of it.

    Raises:
        OSError: if it cannot be read.
    """
    with FileSystems.open(path, compression_type=_AS_THEY_ARE) as file:
        if offset:
            file.seek(offset)
        return file.read(length)


def write(path: str, content: bytes) -> None:
    """Writes or replaces a file, which is never seen in part.

    Except on object stores, the file is written under a temporary name first.
    The name is fixed, so that the next run overwrites what a killed run left.

    Raises:
        OSError: if it cannot be written.
    """
    scheme = FileSystems.get_scheme(path)
    folder, name = FileSystems.split(path)
    part = FileSystems.join(folder, f".{name}.part")
    target = path if scheme in _OBJECT_STORES else part
    if is_local(path):
        # A link that somebody made there must not be followed.
        pathlib.Path(part).unlink(missing_ok=True)
    with FileSystems.create(target, compression_type=_AS_THEY_ARE) as file:
        file.write(content)
    if target == path:
        return
    if not is_local(path) and FileSystems.exists(path):
        # Renaming replaces an existing file only on local filesystems.
        FileSystems.delete([path])
    FileSystems.rename([part], [path])


def find(pattern: str, max_files: int | None = None) -> list[str]:
    """Returns the files that match a pattern, sorted by name.

    Args:
        pattern: pattern of Beam: `*` within a folder, `**` across folders.
        max_files: maximum number of files to look for; all by default.

    Raises:
        OSError: if the folder cannot be read.
    """
    (found,) = FileSystems.match([pattern], [max_files])
    return sorted(metadata.path for metadata in found.metadata_list)


@contextlib.contextmanager
def on_this_machine(
    folder: str, files: Iterable[str]
) -> Iterator[pathlib.Path]:
    """Yields a local folder, a temporary copy if the folder is remote.

    Args:
        folder: folder on any filesystem.
        files: files to copy, as paths below the folder.

    Raises:
        OSError: if it cannot be read.
    """
    if is_local(folder):
        yield pathlib.Path(folder)
        return
    with tempfile.TemporaryDirectory(prefix="keras_rcnn_") as copy:
        for name in files:
            file = pathlib.Path(copy, name)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(read(f"{folder}/{name}"))
        yield pathlib.Path(copy)
