"""Label maps as GeoJSON in pixels."""

import json

import numpy as np

from keras_rcnn.annotations.regions import find_regions
from keras_rcnn.annotations.whole_photos import WholePhotoAnnotations
from keras_rcnn.io.labels import IGNORE_LABEL


class GeojsonAnnotations(WholePhotoAnnotations):
    """Writes a GeoJSON file for each photo.

        images/              copies of the photos
        labels/NAME.geojson  a polygon with holes for each connected region
        classes.txt          names and colors of the classes

    Coordinates are pixels from the left and from the top, not degrees. Names
    and colors are properties that QuPath reads.
    """

    def add(self, name: str, photo: str, labels: np.ndarray) -> None:
        """Writes the file of a photo."""
        features = [
            {
                "type": "Feature",
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [
                        np.asarray(ring.coords).astype(int).tolist()
                        for ring in (polygon.exterior, *polygon.interiors)
                    ],
                },
                "properties": {
                    "objectType": "annotation",
                    "classification": {
                        "name": self.class_names[label],
                        "color": list(map(int, self.palette[label])),
                    },
                },
            }
            for label, polygon in find_regions(labels)
            if label != IGNORE_LABEL
        ]
        content = {"type": "FeatureCollection", "features": features}
        text = json.dumps(content, ensure_ascii=False)
        self.write(f"labels/{name}.geojson", text)
