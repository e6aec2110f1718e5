"""A filesystem of Beam that is not the local one, kept in a folder."""

import pytest

# Doctests are looked for here as well.
pytest.importorskip("apache_beam")
from apache_beam.io.filesystem import FileMetadata
from apache_beam.io.localfilesystem import LocalFileSystem

SCHEME = "far"


class FarFileSystem(LocalFileSystem):
    """Files at far://FOLDER, which is the local /FOLDER.

    As other filesystems do, it refuses to rename a file to one that is there.
    """

    @classmethod
    def scheme(cls):
        return SCHEME

    def join(self, basepath, *paths):
        return "/".join([basepath.rstrip("/"), *paths])

    def split(self, path):
        return tuple(path.rsplit("/", maxsplit=1))

    def _url_dirname(self, url_or_path):
        return url_or_path.rsplit("/", maxsplit=1)[0]

    def _list(self, dir_or_prefix):
        for found in super()._list(near(dir_or_prefix)):
            yield FileMetadata(far(found.path), found.size_in_bytes)

    def create(self, path, *arguments, **named):
        return super().create(near(path), *arguments, **named)

    def open(self, path, *arguments, **named):
        return super().open(near(path), *arguments, **named)

    def rename(self, source_file_names, destination_file_names):
        for destination in destination_file_names:
            if self.exists(destination):
                raise OSError(f"{destination} is there")
        super().rename(
            [near(path) for path in source_file_names],
            [near(path) for path in destination_file_names],
        )

    def exists(self, path):
        return super().exists(near(path))

    def delete(self, paths):
        super().delete([near(path) for path in paths])

    def metadata(self, path):
        return FileMetadata(path, super().metadata(near(path)).size_in_bytes)


def near(path):
    """The local file."""
    return "/" + path.removeprefix(f"{SCHEME}://").lstrip("/")


def far(path):
    """The address of a local file."""
    return f"{SCHEME}:/{path}"
