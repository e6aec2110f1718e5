"""Files wherever Beam can read and write them."""

import contextlib
import pathlib
import tempfile
from collections.abc import Iterable, Iterator

from apache_beam.io.filesystem import CompressionTypes
from apache_beam.io.filesystems import FileSystems

_AS_THEY_ARE = CompressionTypes.UNCOMPRESSED
# What is uploaded to these appears once it is whole.
_OBJECT_STORES = frozenset({"azfs", "gs", "s3"})


def is_local(path: str) -> bool:
    """Whether a file or folder is on this machine."""
    return FileSystems.get_scheme(path) is None


def read(path: str, offset: int = 0, length: int = -1) -> bytes:
    """A file, or a part of it.

    Raises:
        OSError: if it cannot be read.
    """
    with FileSystems.open(path, compression_type=_AS_THEY_ARE) as file:
        if offset:
            file.seek(offset)
        return file.read(length)


def write(path: str, content: bytes) -> None:
    """Writes or replaces a file such that nobody ever sees a part of it.

    Where files are not uploaded as a whole, it has another name meanwhile, the
    same each time: what a killed program left is written over by the next.

    Raises:
        OSError: if it cannot be written.
    """
    scheme = FileSystems.get_scheme(path)
    folder, name = FileSystems.split(path)
    part = FileSystems.join(folder, f".{name}.part")
    target = path if scheme in _OBJECT_STORES else part
    with FileSystems.create(target, compression_type=_AS_THEY_ARE) as file:
        file.write(content)
    if target == path:
        return
    if not is_local(path) and FileSystems.exists(path):
        # Only local files are replaced by a new name for another.
        FileSystems.delete([path])
    FileSystems.rename([part], [path])


def find(pattern: str, most: int | None = None) -> list[str]:
    """Files that a pattern stands for, in the order of their names.

    Args:
        pattern: as Beam reads it: `*` within a folder, `**` across folders.
        most: files to look for; all by default.

    Raises:
        OSError: if the place cannot be read.
    """
    (found,) = FileSystems.match([pattern], [most])
    return sorted(metadata.path for metadata in found.metadata_list)


@contextlib.contextmanager
def on_this_machine(
    folder: str, files: Iterable[str]
) -> Iterator[pathlib.Path]:
    """A folder to read from as usual, fetched for the block if it is elsewhere.

    Args:
        folder: on any filesystem.
        files: what to fetch, as paths below it.

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
