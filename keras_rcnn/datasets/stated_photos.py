"""Photos of a folder, found by the paths that annotation files state."""

import pathlib
from collections import defaultdict

from keras_rcnn.datasets.layout import is_photo, normalized, visible_files
from keras_rcnn.errors import InputError


class StatedPhotos:
    """The photos in and below a folder.

    Args:
        folder: the data set.
        without: folders with pictures that are no photos.
    """

    def __init__(
        self, folder: pathlib.Path, without: frozenset[pathlib.Path]
    ) -> None:
        self._folder = folder
        self.paths = [
            path
            for path in visible_files(folder)[0]
            if is_photo(path) and not without.intersection(path.parents)
        ]
        self._by_name = defaultdict(list)
        for path in self.paths:
            for name in (path.name, path.stem):
                self._by_name[normalized(name)].append(path)

    def find(
        self, stated: pathlib.PurePath, source: pathlib.Path
    ) -> pathlib.Path:
        """The photo that a file states.

        Photos may have been moved with or without their folders, so the photo
        with most of the stated path counts, then the photo next to the file,
        then the photo in `images/`. Nothing outside the folder is found.

        Args:
            stated: path on the machine where the file was written; without
                suffix if any photo of the name is meant.
            source: the file.

        Raises:
            InputError: if there is no such photo or more than one.
        """

        def rank(path: pathlib.Path) -> tuple[int, bool, bool]:
            same = 0
            own = path if is_photo(stated) else path.with_suffix("")
            ours, theirs = reversed(own.parts), reversed(stated.parts)
            for one, other in zip(ours, theirs, strict=False):
                if normalized(one) != normalized(other):
                    break
                same += 1
            beside = source.parent in path.parents
            return same, beside, self._folder / "images" in path.parents

        found = sorted(self._by_name.get(normalized(stated.name), ()), key=rank)
        if not found:
            raise InputError(
                f"{source} names the photo {stated.name}, which is missing: "
                f"put it into {self._folder / 'images'}, or remove its labels."
            )
        if len(found) > 1 and rank(found[-1]) == rank(found[-2]):
            raise InputError(
                f"{source} names the photo {stated}, which may be "
                f"{found[-2]} or {found[-1]}: remove or rename one of them."
            )
        return found[-1]

    def name(self, path: pathlib.Path) -> str:
        """Path below the folder, or below `images/` in it, without suffix."""
        below = path.relative_to(self._folder).with_suffix("")
        if below.parts[0] == "images" and len(below.parts) > 1:
            below = pathlib.Path(*below.parts[1:])
        return normalized(below.as_posix())
