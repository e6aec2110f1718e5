"""What a visitor sees of a photo, and the files made of it."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlencode

from keras_rcnn.demo import drawing
from keras_rcnn.demo.networks import Networks
from keras_rcnn.demo.photo import Labeling, Photo, Settings
from keras_rcnn.io.images import encode_png, resize_labels
from keras_rcnn.reports import (
    color_blind_safe,
    instances_strip,
    overlay_with_legend,
)
from keras_rcnn.reports.colors import Palette

FILES = ("labels", "overlay", "instances")


class Views:
    """Pictures of photos by any network, in any colors.

    Args:
        networks: to label them.
    """

    def __init__(self, networks: Networks) -> None:
        self.networks = networks

    def picture(
        self, photo: Photo, settings: Settings, is_safe: bool
    ) -> dict[str, Any]:
        """The photo with its labels, and what is on it.

        Args:
            photo: as given.
            settings: how to label it.
            is_safe: whether to take colors that the color-blind tell apart.

        Returns:
            What `page.js` takes as a picture.
        """
        settings = self.networks.fit(settings)
        labeling = self.networks.label(photo, settings)
        query = urlencode(settings._asdict() | {"is_safe": int(is_safe)})
        return {
            "photo": f"photo/{photo.token}",
            "map": drawing.map_value(labeling.labels),
            "classes": drawing.class_values(
                labeling.labels, *self._classes(settings, is_safe)
            ),
            "sizes": drawing.sizes(photo, labeling.labels),
            "speed": drawing.speed(labeling, settings),
            "credit": photo.credit,
            "files": {
                what: f"download/{photo.token}/{what}?{query}" for what in FILES
            },
        }

    def strip(
        self, photo: Photo, settings: Settings, is_safe: bool
    ) -> dict[str, Any]:
        """The labels by instance 1, 2, ..., and what each one corrects.

        Args:
            photo: as given.
            settings: of which all but the number of instances count.
            is_safe: as for `picture`.

        Returns:
            What `page.js` takes as a strip.
        """
        labelings = self._by_instance(photo, settings)
        maps = [each.labels for each in labelings]
        geometry = self.networks.models[settings.model].geometry
        _, palette = self._classes(settings, is_safe)
        return {
            "photo": f"photo/{photo.token}",
            "palette": palette,
            "instances": [
                {
                    "map": drawing.map_value(labels),
                    "notes": drawing.notes(
                        geometry.receptive_field(instance), before, labels
                    ),
                }
                for instance, (before, labels) in enumerate(
                    zip([None, *maps], maps, strict=False), 1
                )
            ],
        }

    def file(
        self,
        what: str,
        photo: Photo,
        settings: Settings,
        is_safe: bool,
        opacity: float,
    ) -> bytes:
        """A PNG file to keep, of the labels that the page shows.

        Args:
            what: one of `FILES`: the number of each pixel's class or the
                tinted photo, both as `tools/label.py` writes them, or the
                labels by instance.
            photo: as given.
            settings: as for `picture`.
            is_safe: likewise.
            opacity: of the tint, 0 to 1.
        """
        settings = self.networks.fit(settings)
        classes = self._classes(settings, is_safe)
        if what == "instances":
            image = photo.scaled(settings.longest_side)
            maps = [e.labels for e in self._by_instance(photo, settings)]
            strip = instances_strip(image, maps, *classes, photo.credit)
            return encode_png(strip)
        labels = self.networks.label(photo, settings).labels
        labels = resize_labels(labels, photo.height, photo.width)
        if what == "labels":
            return encode_png(labels)
        image = photo.pixels()
        return encode_png(overlay_with_legend(image, labels, *classes, opacity))

    def _by_instance(self, photo: Photo, settings: Settings) -> list[Labeling]:
        return [
            self.networks.label(
                photo,
                self.networks.fit(settings._replace(num_instances=instances)),
            )
            for instances in self.networks.instances(settings.model)
        ]

    def _classes(
        self, settings: Settings, is_safe: bool
    ) -> tuple[Sequence[str], Palette]:
        model = self.networks.models[settings.model]
        palette = model.palette
        return (
            model.class_names,
            color_blind_safe(palette) if is_safe else palette,
        )
