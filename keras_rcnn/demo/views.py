"""Views of a labeled photo, and files to download."""

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
    """Pictures of photos, labeled by any network, in any colors.

    Args:
        networks: networks that label the photos.
    """

    def __init__(self, networks: Networks) -> None:
        self.networks = networks

    def picture(
        self, photo: Photo, settings: Settings, is_safe: bool
    ) -> dict[str, Any]:
        """The photo with its labels and classes.

        Args:
            photo: photo to show.
            settings: how to label it.
            is_safe: whether to use color-blind-safe colors.

        Returns:
            The value of a picture in `page.js`.
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
        """The labels by instance 1, 2, ..., and what each one changes.

        Args:
            photo: photo to show.
            settings: how to label it; the number of instances is ignored.
            is_safe: whether to use color-blind-safe colors.

        Returns:
            The value of a strip in `page.js`.
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
        """A PNG file to download.

        Args:
            what: one of `FILES`: the class index of each pixel or the tinted
                photo, both as the command `label` writes them, or the labels
                by instance.
            photo: photo to show.
            settings: how to label it.
            is_safe: whether to use color-blind-safe colors.
            opacity: opacity of the tint, 0 to 1.
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
