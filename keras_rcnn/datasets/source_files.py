"""Files of a published data set, packed in an archive or unpacked."""

import pathlib
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator

import tensorflow_datasets as tfds

from keras_rcnn.errors import InputError

Wanted = Callable[[str], bool]


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
        InputError: if neither exists, or if the archive is broken.
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
    kinds = tfds.download.ExtractMethod
    kind = kinds.ZIP if path.suffix == ".zip" else kinds.TAR_GZ
    try:
        for member, file in tfds.download.iter_archive(path, kind):
            top, _, name = member.partition("/")
            if top == folder and _is_wanted(name, wanted):
                yield name, file.read()
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


def _is_wanted(name: str, wanted: Wanted) -> bool:
    # macOS adds a hidden "._0001.jpg" for each "0001.jpg".
    return not name.rpartition("/")[2].startswith(".") and wanted(name)
