"""Draws the picture of docs/maps.md: a map, its labels and its polygons.

    python -m docs.build.draw_maps

draws scenes that look like aerial pictures, trains a network on tiles of them
by the commands of the page, and labels a scene that is not among them. Needs
the extras `maps` and `reports`.
"""

import json
import pathlib
import sys
import tempfile

import fiona
import numpy as np
from matplotlib import figure, patches

from docs.build import aerial_scene
from keras_rcnn.cli import main as command
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.io.files import make_folder
from keras_rcnn.io.gdal import open_raster
from keras_rcnn.io.map_raster import MapRaster

BANDS = ("--bands=3,2,1", "--value_range=0,3000")
SIDE = 480
FLAGS = Flags()
FLAGS.add_string("output_dir", "docs/pictures", "Folder to write.")
FLAGS.add_float("minutes", 1.5, "How long to train.")


def main() -> None:
    """Trains, labels and draws."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        aerial_scene.write_tiles(folder / "my_maps", 24)
        truth = aerial_scene.draw_labels(SIDE, SIDE, 1000)
        bands = aerial_scene.draw_bands(truth, 1000)
        aerial_scene.write_map(folder / "field.tif", bands)
        data = ("--dataset=folder", f"--data_dir={folder}/my_maps", *BANDS)
        run(
            "train",
            *data,
            "--preset=pyramid_small",
            f"--model_dir={folder}/run",
            f"--minutes={FLAGS.minutes}",
        )
        run(
            "label",
            f"--model={folder}/run",
            "--maps",
            *BANDS,
            "--vectors=gpkg",
            f"--output_dir={folder}/labeled",
            f"--report={folder}/report.json",
            f"{folder}/field.tif",
        )
        draw(folder, make_folder(FLAGS.output_dir) / "maps.png", truth)


def run(name: str, *arguments: str) -> None:
    """Runs a command in this process."""
    status = command.run([name, *arguments])
    if status:
        raise SystemExit(status)


def draw(folder: pathlib.Path, path: pathlib.Path, truth: np.ndarray) -> None:
    """Draws colors, labels and polygons side by side."""
    with MapRaster(folder / "field.tif", (3, 2, 1), (0, 3000)) as raster:
        image = raster[0:SIDE, 0:SIDE]
        bounds = raster.source.bounds
    with open_raster(folder / "labeled/field_labels.tif") as file:
        labels = file.read(1)
    right = np.mean(labels == truth)
    print(json.dumps({"pixel_accuracy": round(float(right), 4)}))
    picture = figure.Figure((12, 4.6), layout="constrained")
    axes = picture.subplots(1, 3)
    extent = (bounds.left, bounds.right, bounds.bottom, bounds.top)
    axes[0].imshow(image, extent=extent)
    axes[0].set_title("field.tif, bands 3, 2, 1")
    palette = np.array(list(aerial_scene.CLASSES.values()), np.uint8)
    axes[1].imshow(palette[labels], extent=extent, interpolation="nearest")
    axes[1].set_title(f"field_labels.tif, {100 * right:.1f} % right")
    axes[2].imshow(image, extent=extent)
    with fiona.open(folder / "labeled/field_polygons.gpkg") as file:
        for feature in file:
            color = palette[feature.properties["class_index"]] / 255
            for ring in feature.geometry.coordinates:
                axes[2].add_patch(
                    patches.Polygon(ring, fill=False, edgecolor=color, lw=1)
                )
    left, top = bounds.left + 30, bounds.top - 30
    axes[2].set_xlim(left, left + 90)
    axes[2].set_ylim(top - 90, top)
    axes[2].set_title("field_polygons.gpkg, a part")
    for axis in axes:
        axis.set_xticks([])
        axis.set_yticks([])
    handles = [
        patches.Patch(color=color / 255, label=name)
        for name, color in zip(aerial_scene.CLASSES, palette, strict=True)
    ]
    picture.legend(handles=handles, loc="outside lower center", ncols=6)
    picture.savefig(path, dpi=80)
    print(path)


if __name__ == "__main__":
    sys.exit(runner.run(sys.modules[__name__], sys.argv))
