"""A map of 10,000 x 10,000 pixels: the labels of a PNG, in 3 GB of memory."""

import json
import os
import sqlite3
import time

import numpy as np
import pytest
from PIL import Image

from tests.helpers.run_command import popen_command

pytestmark = [pytest.mark.long, pytest.mark.extras(name="maps")]
SIDE = 10_000
BLOCK = 500
# Rotated, with pixels of 0.25 square meters.
TRANSFORM = (0.4, 0.3, 500_000.0, 0.3, -0.4, 5_000_000.0)
PIXEL = 0.25
# 3 GB.
MAX_KILOBYTES = 3_000_000


def blocks(seed=0):
    """Rows of a scene of fields of many sizes, block by block."""
    rng = np.random.default_rng(seed)
    for top in range(0, SIDE, BLOCK):
        small = rng.integers(40, 216, (BLOCK // 50, SIDE // 50, 3), np.uint8)
        rows = small.repeat(50, axis=0).repeat(50, axis=1)
        rows += rng.integers(0, 40, rows.shape, np.uint8)
        yield top, rows


def run_measured(*arguments):
    """Runs a command; its seconds, and the peak of its memory in kilobytes."""
    start = time.monotonic()
    process = popen_command(*arguments, stdout=None, stderr=None)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    cpu = usage.ru_utime + usage.ru_stime
    return time.monotonic() - start, cpu, usage.ru_maxrss


def test_a_large_map(model_dir, tmp_path):
    import rasterio

    picture = np.empty((SIDE, SIDE, 3), np.uint8)
    with rasterio.open(
        tmp_path / "map.tif",
        "w",
        driver="GTiff",
        width=SIDE,
        height=SIDE,
        count=3,
        dtype="uint8",
        crs="EPSG:32632",
        transform=rasterio.Affine(*TRANSFORM),
        tiled=True,
        compress="deflate",
        zlevel=1,
    ) as file:
        for top, rows in blocks():
            picture[top : top + BLOCK] = rows
            window = ((top, top + BLOCK), (0, SIDE))
            file.write(rows.transpose(2, 0, 1), window=window)
    Image.fromarray(picture).save(tmp_path / "photo.png", compress_level=1)
    del picture
    network = ("--output_resolution=4", "--num_instances=2")
    common = ("label", f"--model={model_dir}", *network)

    seconds, cpu, memory = run_measured(
        *common,
        "--maps",
        "--vectors=gpkg",
        f"--output_dir={tmp_path / 'maps'}",
        f"--report={tmp_path / 'report.json'}",
        tmp_path / "map.tif",
    )
    print(f"{seconds:.0f} s, {cpu:.0f} s of CPU, {memory / 1e6:.2f} GB")
    run_measured(
        *common,
        "--max_megapixels=101",
        f"--output_dir={tmp_path / 'photos'}",
        tmp_path / "photo.png",
    )

    assert memory < MAX_KILOBYTES
    with rasterio.open(tmp_path / "maps/map_labels.tif") as file:
        assert file.crs == "EPSG:32632"
        assert file.transform == rasterio.Affine(*TRANSFORM)
        assert file.overviews(1)[:3] == [2, 4, 8]
        labels = file.read(1)
    Image.MAX_IMAGE_PIXELS = SIDE * SIDE
    with Image.open(tmp_path / "photos/photo_labels.png") as png:
        np.testing.assert_array_equal(labels, np.asarray(png))
    with sqlite3.connect(tmp_path / "maps/map_polygons.gpkg") as database:
        found = dict(
            database.execute(
                "SELECT class_index, SUM(area) FROM labels GROUP BY class_index"
            )
        )
        ((count,),) = database.execute("SELECT COUNT(*) FROM labels")
        # The spatial index.
        name = "SELECT name FROM sqlite_master WHERE name LIKE 'rtree%geom'"
        assert database.execute(name).fetchall() == [("rtree_labels_geom",)]
    print(f"{count} polygons")
    assert sum(found.values()) == pytest.approx(SIDE**2 * PIXEL, rel=1e-12)
    for index, area in found.items():
        assert area == pytest.approx((labels == index).sum() * PIXEL)
    (photo,) = json.loads((tmp_path / "report.json").read_text())["photos"]
    assert photo["area_unit"] == "square meters"
