"""The command `label --maps`: GeoTIFF in, GeoTIFF and polygons out."""

import json
import math
import resource
import sqlite3
import xml.etree.ElementTree as xml

import numpy as np
import pytest

from tests.cli.conftest import CLASS_NAMES, PALETTE
from tests.helpers.geotiff import ROTATED, gdal_legend, write_geotiff
from tests.helpers.run_command import error_line

pytestmark = pytest.mark.extras(name="maps")
SIZE = (190, 160)
# Area of a pixel.
PIXEL = 0.5 * 0.4 + 0.1 * 0.08


@pytest.fixture
def scene():
    """Three bands of coarse blobs, which have more than one class."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (3, 19, 16), np.uint8)
    return small.repeat(10, axis=1).repeat(10, axis=2)


@pytest.fixture
def label_maps(label):
    def run(*arguments, **choices):
        return label("--maps", *arguments, **choices)

    return run


def read_raster(path):
    import rasterio

    with rasterio.open(path) as file:
        return file.read(1), file.profile, file.colormap(1), file.overviews(1)


def test_labels_keep_place_and_equal_those_of_a_png(
    label, label_maps, read_png, scene, write_picture, tmp_path
):
    import rasterio

    write_geotiff(
        tmp_path / "in/a.tif", scene, tiled=True, blockxsize=64, blockysize=64
    )
    write_picture("b.png", scene.transpose(1, 2, 0))
    assert label(f"{tmp_path}/b.png", "--uncertainty")[0] == 0
    _, labels = read_png(tmp_path / "out/b_labels.png")
    assert len(np.unique(labels)) == 3
    out = tmp_path / "maps"
    report = tmp_path / "report.json"
    status, printed, err = label_maps(
        tmp_path / "in",
        "--memory_mb=1",
        "--vectors=gpkg,geojson",
        "--uncertainty",
        f"--report={report}",
        output_dir=out,
    )
    assert status == 0, err
    found, profile, colors, _ = read_raster(out / "a_labels.tif")
    np.testing.assert_array_equal(found, labels)
    assert profile["crs"] == "EPSG:32632"
    assert profile["transform"] == rasterio.Affine(*ROTATED)
    assert (profile["nodata"], profile["compress"]) == (255, "deflate")
    assert profile["blockxsize"] == profile["blockysize"] == 512
    assert [colors[n][:3] for n in range(3)] == list(PALETTE)
    names = {file.name for file in out.iterdir()}
    assert names == {
        f"a_{end}"
        for end in (
            "labels.tif labels.tif.aux.xml labels.qml overlay.png"
            " uncertainty.tif polygons.gpkg polygons.geojson"
        ).split()
    }
    assert all(name in printed for name in names)
    (photo,) = json.loads(report.read_text())["photos"]
    assert photo["area_unit"] == "square meters"
    assert len(photo["polygons"]) == 2
    for index, name in enumerate(CLASS_NAMES):
        fraction = np.mean(labels == index)
        assert photo["shares"].get(name, 0) == pytest.approx(fraction)
    uncertainty = read_raster_gray(out / "a_uncertainty.tif")
    _, expected = read_png(tmp_path / "out/b_uncertainty.png")
    np.testing.assert_allclose(uncertainty, expected, atol=1)
    overlay = read_png(out / "a_overlay.png")[1]
    np.testing.assert_array_equal(
        overlay, read_png(tmp_path / "out/b_overlay.png")[1]
    )


def read_raster_gray(path):
    import rasterio

    with rasterio.open(path) as file:
        assert file.nodata == 255
        return file.read(1)


def test_qgis_finds_names_and_colors(label_maps, scene, tmp_path):
    write_geotiff(tmp_path / "a.tif", scene)

    status, _, err = label_maps(tmp_path / "a.tif")

    assert status == 0, err
    raster = tmp_path / "out/a_labels.tif"
    labels = read_raster(raster)[0]
    names, rows = gdal_legend(raster)
    assert tuple(names) == CLASS_NAMES
    assert rows == [
        [str(index), str((labels == index).sum()), name, *map(str, color)]
        for index, (name, color) in enumerate(
            zip(CLASS_NAMES, PALETTE, strict=True)
        )
    ]
    # What QGIS's documentation calls a style file of a paletted raster.
    style = xml.parse(raster.with_suffix(".qml")).getroot()
    assert style.tag == "qgis"
    renderer = style.find("pipe/rasterrenderer")
    assert (renderer.get("type"), renderer.get("band")) == ("paletted", "1")
    entries = renderer.findall("colorPalette/paletteEntry")
    assert [
        (e.get("value"), e.get("label"), e.get("color")) for e in entries
    ] == [
        (str(n), name, f"#{bytes(color).hex()}")
        for n, (name, color) in enumerate(
            zip(CLASS_NAMES, PALETTE, strict=True)
        )
    ]


def test_polygons_cover_the_labels(label_maps, scene, tmp_path):
    import fiona
    import rasterio.features

    scene[:, 60:100, 30:90] = 0
    write_geotiff(tmp_path / "a.tif", scene, nodata=0)

    status, _, err = label_maps(tmp_path / "a.tif", "--vectors=gpkg,geojson")

    assert status == 0, err
    labels, profile, *_ = read_raster(tmp_path / "out/a_labels.tif")
    unknown = (scene == 0).all(axis=0)
    assert unknown[60:100, 30:90].all()
    np.testing.assert_array_equal(labels == 255, unknown)
    with fiona.open(tmp_path / "out/a_polygons.gpkg") as file:
        assert file.crs == "EPSG:32632"
        features = list(file)
    drawn = rasterio.features.rasterize(
        [(f.geometry, f.properties["class_index"]) for f in features],
        out_shape=SIZE,
        fill=255,
        transform=profile["transform"],
        dtype="uint8",
    )
    np.testing.assert_array_equal(drawn, labels)
    for index, name in enumerate(CLASS_NAMES):
        areas = [
            f.properties["area"]
            for f in features
            if (f.properties["class_index"], f.properties["class"])
            == (index, name)
        ]
        assert sum(areas) == pytest.approx((labels == index).sum() * PIXEL)
    with fiona.open(tmp_path / "out/a_polygons.geojson") as file:
        assert file.crs == "EPSG:4326"
        assert len(file) == len(features)
        corner = file.bounds[:2]
    # UTM zone 32: near its central meridian and 45 degrees north.
    assert corner == pytest.approx((9.0, 45.15), abs=0.01)


def test_areas_of_degrees_are_square_meters(label_maps, scene, tmp_path):
    import rasterio

    # A tenth of the earth's circumference along the equator, to the pole.
    step_x, step_y = 36 / SIZE[1], 90 / SIZE[0]
    transform = rasterio.Affine(step_x, 0, 0, 0, -step_y, 90)
    write_geotiff(
        tmp_path / "a.tif", scene, crs="EPSG:4326", transform=transform
    )

    status, _, err = label_maps(tmp_path / "a.tif", "--vectors=gpkg")

    assert status == 0, err
    with sqlite3.connect(tmp_path / "out/a_polygons.gpkg") as database:
        ((total,),) = database.execute("SELECT SUM(area) FROM labels")
    # The surface of the ellipsoid of WGS 84.
    assert total == pytest.approx(510_065_621.724e6 / 20, rel=1e-9)


def test_bands_of_satellites(
    label, label_maps, read_png, scene, tmp_path, write_picture
):
    values = scene.astype(np.uint16) * 10
    bands = np.concatenate([values[::-1], values[:1]])
    write_geotiff(tmp_path / "a.tif", bands)
    write_picture("b.png", scene.transpose(1, 2, 0))
    assert label(tmp_path / "b.png")[0] == 0

    status, _, err = label_maps(
        tmp_path / "a.tif", "--bands=3,2,1", "--value_range=0,2550"
    )

    assert status == 0, err
    expected = read_png(tmp_path / "out/b_labels.png")[1]
    found = read_raster(tmp_path / "out/a_labels.tif")[0]
    np.testing.assert_array_equal(found, expected)


def test_pixels_without_data_do_not_count(label_maps, scene, tmp_path):
    """A frame of no data changes no label far from it, nor a share."""
    write_geotiff(tmp_path / "a.tif", scene)
    wide = np.pad(scene, ((0, 0), (80, 80), (80, 80)))
    alpha = np.zeros((1, *wide.shape[1:]), np.uint8)
    alpha[:, 80:-80, 80:-80] = 255
    write_geotiff(
        tmp_path / "b.tif",
        np.concatenate([wide, alpha]),
        alpha=["red", "green", "blue", "alpha"],
    )

    assert label_maps(tmp_path / "a.tif", tmp_path / "b.tif")[0] == 0

    alone = read_raster(tmp_path / "out/a_labels.tif")[0]
    framed = read_raster(tmp_path / "out/b_labels.tif")[0]
    np.testing.assert_array_equal(framed == 255, alpha[0] == 0)
    inside = framed[80:-80, 80:-80]
    center = (slice(20, -20), slice(20, -20))
    assert np.mean(inside[center] == alone[center]) > 0.99


def test_labels_at_another_pixel_size(
    label, label_maps, read_png, scene, tmp_path, write_picture
):
    import rasterio

    write_geotiff(
        tmp_path / "a.tif", scene, transform=rasterio.Affine(2, 0, 0, 0, -2, 0)
    )
    write_picture("b.png", scene.transpose(1, 2, 0))
    assert label(tmp_path / "b.png", "--longest_side=95")[0] == 0

    status, _, err = label_maps(tmp_path / "a.tif", "--pixel_size=4")

    assert status == 0, err
    found = read_raster(tmp_path / "out/a_labels.tif")[0]
    expected = read_png(tmp_path / "out/b_labels.png")[1]
    np.testing.assert_array_equal(found, expected)
    status, _, err = label_maps(tmp_path / "a.tif", "--pixel_size=1")
    assert status == 1
    assert "a.tif has pixels of 2 units of its CRS, which --pixel_size=1" in err


def test_averages_label_small_maps(label_maps, scene, tmp_path):
    write_geotiff(tmp_path / "a.tif", scene[:, :40, :50])
    write_geotiff(tmp_path / "b.tif", scene)

    status, _, err = label_maps(
        tmp_path / "a.tif", tmp_path / "b.tif", "--flip", "--memory_mb=1"
    )

    assert status == 1
    assert "b.tif is too large for --memory_mb, and only one" in err
    assert read_raster(tmp_path / "out/a_labels.tif")[0].shape == (40, 50)
    assert not (tmp_path / "out/b_labels.tif").exists()


@pytest.mark.parametrize(
    ("kind", "flags", "expected"),
    [
        ("text", (), "is no GeoTIFF file that can be read"),
        ("one", (), "has 1 band, not marked as red, green"),
        ("colors", (), "holds numbers of a color table"),
        ("colors", ("--bands=1,1,1",), "holds numbers of a color table"),
        ("four", (), "choose them by --bands=3,2,1."),
        ("four", ("--bands=1,2,5",), "has no band 5, only 1 to 4"),
        ("int16", (), "give them by --value_range=, as in --value_range=-1"),
        ("complex64", ("--value_range=0,1",), "holds complex numbers"),
        ("empty", (), "has no pixel with data"),
        ("no_crs", ("--vectors=geojson",), "has no CRS, which GeoJSON needs"),
        ("no_place", ("--vectors=gpkg",), "has no transform from pixels"),
        ("broken", ("--vectors=gpkg",), "is broken ("),
    ],
)
def test_maps_that_cannot_be_labeled(
    label_maps, scene, tmp_path, kind, flags, expected
):

    path = tmp_path / "a.tif"
    bands = {
        "one": scene[:1],
        "colors": scene[:1],
        "four": np.concatenate([scene, scene[:1]]).astype(np.float32),
        "int16": scene.astype(np.int16) - 20,
        "complex64": scene.astype(np.complex64),
        "empty": np.zeros_like(scene),
    }.get(kind, scene)
    profile = {
        "empty": {"nodata": 0},
        "no_crs": {"crs": None},
        "no_place": {"transform": None, "crs": None},
        "broken": {"tiled": True, "blockxsize": 64, "blockysize": 64},
    }.get(kind, {})
    if kind == "text":
        path.write_text("no picture")
    else:
        write_geotiff(path, bands, **profile)
    if kind == "colors":
        import rasterio

        with rasterio.open(path, "r+") as file:
            file.write_colormap(1, {0: (255, 0, 0, 255)})
    if kind == "broken":
        content = path.read_bytes()
        path.write_bytes(content[: len(content) // 2])

    status, out, err = label_maps(path, *flags)

    assert (status, out) == (1, "")
    assert f"  {path} " in err
    assert expected in err
    assert "Traceback" not in err
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("flags", "status", "expected"),
    [
        (("--bands=3,2",), 1, "--bands=3,2: networks see three bands"),
        (("--value_range=5,5",), 1, "--value_range=5,5: give two values"),
        (("--longest_side=9",), 2, "--longest_side is for photos: give --pix"),
        (("--annotations=voc",), 2, "is for photos: give --vectors, with"),
        (("--nomaps", "--bands=3,2,1"), 2, "--bands is for maps: give --maps"),
        (("--min_area=2",), 2, "--min_area needs --vectors"),
        (("--pixel_size=0",), 2, "give a number above 0"),
        (("--max_megapixels=0.01",), 1, "more than 0.01 million pixels"),
    ],
)
def test_choices_that_cannot_be_meant(
    label_maps, scene, tmp_path, flags, status, expected
):
    write_geotiff(tmp_path / "a.tif", scene)

    result = label_maps(tmp_path / "a.tif", *flags)

    assert result[0] == status
    assert expected in result[2]
    assert not (tmp_path / "out").exists()


def test_full_disks_and_folders_that_cannot_be_written(
    label_maps, scene, tmp_path
):
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, (3, 600, 700), np.uint8)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # The labels, and the polygons alone.
    for size, pixels in ((40_000, noise), (60_000, scene)):
        write_geotiff(tmp_path / "a.tif", pixels)
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, limits[1]))
        try:
            status, _, err = label_maps(tmp_path / "a.tif", "--vectors=gpkg")
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert status == 1
        assert "cannot be written" in err
        assert "Traceback" not in err
        assert not (tmp_path / "out").exists()
    line = error_line(label_maps(tmp_path / "a.tif", output_dir="/proc/no"))
    assert "The folder /proc/no cannot be made" in line


def test_georeferenced_photos_are_noted(label, scene, tmp_path):
    write_geotiff(tmp_path / "a.tif", scene)

    status, _, err = label(tmp_path / "a.tif")

    assert status == 0
    assert "a.tif is a GeoTIFF, labeled as a photo: give --maps" in err
    assert (tmp_path / "out/a_labels.png").exists()


def test_small_polygons_can_be_left_out(label_maps, scene, tmp_path):
    import fiona

    write_geotiff(tmp_path / "a.tif", scene)
    found = {}
    for least in (0, 5):
        out = tmp_path / str(least)
        flags = ("--vectors=gpkg", f"--min_area={least}")
        assert label_maps(tmp_path / "a.tif", *flags, output_dir=out)[0] == 0
        with fiona.open(out / "a_polygons.gpkg") as file:
            found[least] = [feature.properties["area"] for feature in file]
    assert sorted(found[5]) == sorted(a for a in found[0] if a >= 5)
    assert 0 < len(found[5]) < len(found[0])
    assert math.fsum(found[0]) == pytest.approx(PIXEL * SIZE[0] * SIZE[1])
