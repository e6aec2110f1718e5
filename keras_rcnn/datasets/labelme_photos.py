"""The photos that labelme files belong to."""

import os
import pathlib
from typing import NamedTuple

from keras_rcnn.datasets.labelme_file import LabelmeFile
from keras_rcnn.datasets.layout import is_photo, normalized
from keras_rcnn.errors import InputError


class LabelmePhotos:
    """Finds the photos of the labelme files in a folder.

    Args:
        folder: holds photos and JSON files side by side, or photos in images/
            and JSON files in annotations/.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._listings: dict[pathlib.Path, _Files] = {}

    def find(self, file: LabelmeFile) -> pathlib.Path:
        """The photo of a file: the file itself if the photo is embedded.

        Raises:
            InputError: if there is none, or if the file names another photo
                although one of its own name lies beside it.
        """
        folders = self._folders(file.path.parent)
        stem = _stem(file.path)
        listed = [self._listed(folder).photos for folder in folders]
        own = next((each[stem] for each in listed if stem in each), None)
        if own and _stem(file.photo) != stem:
            raise InputError(
                f"{file.path} names the photo {file.photo.name}, and "
                f"{own.name} has its own name: correct imagePath, or give the "
                "photo and the file names that fit."
            )
        places = [file.path.parent / file.photo]
        places += [folder / file.photo.name for folder in folders]
        for place in places:
            photo = self._existing(place)
            if photo:
                return photo
        if file.has_photo:
            return file.path
        raise InputError(
            f"{file.path} has no photo {file.photo.name}: put it beside the "
            "file or into images/, or remove the file."
        )

    def _folders(self, beside: pathlib.Path) -> list[pathlib.Path]:
        """Folders that may hold the photo, the likeliest first."""
        images = self._folder / "images"
        below = beside.relative_to(self._folder)
        if below.parts[:1] == ("annotations",):
            below = pathlib.Path(*below.parts[1:])
        # Subfolders may mirror those of the photos.
        mirrored = images / below
        if mirrored.is_dir():
            return [mirrored, beside]
        return [beside, images]

    def _existing(self, place: pathlib.Path) -> pathlib.Path | None:
        """The file at a place inside the folder, whatever way it is spelled."""
        place = pathlib.Path(os.path.normpath(place))
        if not place.is_relative_to(os.path.normpath(self._folder)):
            return None
        return self._listed(place.parent).files.get(normalized(place.name))

    def _listed(self, folder: pathlib.Path) -> "_Files":
        if folder not in self._listings:
            paths = sorted(folder.iterdir()) if folder.is_dir() else []
            paths = [path for path in paths if path.is_file()]
            self._listings[folder] = _Files(
                {normalized(path.name): path for path in paths},
                {_stem(path): path for path in paths if is_photo(path)},
            )
        return self._listings[folder]


class _Files(NamedTuple):
    """Files of a folder by name, and its photos by name without suffix."""

    files: dict[str, pathlib.Path]
    photos: dict[str, pathlib.Path]


def _stem(path: pathlib.PurePath) -> str:
    return normalized(path.stem).casefold()
