"""Photos read strip by strip: the pixels of `read_image`, on disk."""

import resource
import sys

import numpy as np
import pytest
import pyvips
from PIL import Image

from keras_rcnn.errors import InputError
from keras_rcnn.io.big_photos import open_big_photo, scaled_strips
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.raw_picture import RawPicture

ORIENTATION = 0x0112
# More than one strip, the last one cut.
SIZE = (150, 47)


@pytest.fixture
def photo():
    """Noise, smooth enough for JPEG to keep."""
    rng = np.random.default_rng(0)
    noise = Image.fromarray(rng.integers(0, 256, (20, 9, 3), np.uint8))
    return np.array(noise.resize(SIZE[::-1], Image.Resampling.BICUBIC))


def whole(path, folder):
    with open_big_photo(path, folder) as picture:
        height, width, _ = picture.shape
        return picture[0:height, 0:width]


@pytest.mark.parametrize("suffix", ["png", "tif"])
@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK"])
def test_color_modes(write_picture, photo, tmp_path, mode, suffix):
    if (mode, suffix) == ("CMYK", "png"):
        pytest.skip("PNG has no CMYK")
    picture = Image.fromarray(photo)
    if mode in ("LA", "RGBA"):
        picture.putalpha(Image.fromarray(photo[..., 0]))
    path = write_picture(f"a.{suffix}", picture.convert(mode))
    pixels = whole(path, tmp_path)
    np.testing.assert_array_equal(pixels, read_image(path))
    assert len(np.unique(pixels)) > 1


def _gray_of_16_bits(photo):
    return photo[..., 0].astype(np.uint16) * 257 + photo[..., 1]


@pytest.mark.parametrize("mode", ["P", "RGB", "L"])
def test_a_color_that_is_clear(write_picture, photo, tmp_path, mode):
    picture = Image.fromarray(photo).convert(mode)
    clear = picture.getpixel((5, 70))
    path = write_picture("a.png", picture, transparency=clear)
    np.testing.assert_array_equal(whole(path, tmp_path), read_image(path))
    assert read_image(path)[70, 5].tolist() == [255] * 3


@pytest.mark.parametrize(
    ("name", "convert"),
    [
        *((f"a.{suffix}", _gray_of_16_bits) for suffix in ("png", "tif")),
        # Other formats, and other kinds of TIFF, are read whole.
        *((f"a.{suffix}", np.copy) for suffix in ("bmp", "gif", "webp", "ppm")),
    ],
)
def test_other_depths_and_formats(
    write_picture, photo, tmp_path, name, convert
):
    path = write_picture(name, convert(photo))
    np.testing.assert_array_equal(whole(path, tmp_path), read_image(path))


@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_color_of_16_bits(photo, tmp_path, name):
    values = photo.astype(np.uint16) * 200 + 77
    path = tmp_path / name
    pyvips.Image.new_from_array(values).write_to_file(str(path))
    np.testing.assert_array_equal(whole(path, tmp_path), values // 256)
    np.testing.assert_array_equal(whole(path, tmp_path), read_image(path))


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize("name", ["a.png", "a.tif"])
def test_orientations(write_picture, photo, tmp_path, name, orientation):
    exif = Image.Exif()
    exif[ORIENTATION] = orientation
    path = write_picture(name, photo, exif=exif)
    upright = read_image(path)
    np.testing.assert_array_equal(whole(path, tmp_path), upright)
    with open_big_photo(path, tmp_path) as picture:
        np.testing.assert_array_equal(picture[3:20, 7:31], upright[3:20, 7:31])


@pytest.mark.parametrize("mode", ["L", "RGB", "CMYK"])
@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg(write_picture, photo, tmp_path, mode, progressive):
    """Two builds of one decoder, which may smooth colors differently."""
    picture = Image.fromarray(photo).convert(mode)
    path = write_picture("a.jpg", picture, progressive=progressive)
    np.testing.assert_allclose(
        whole(path, tmp_path).astype(int), read_image(path), atol=4
    )


@pytest.mark.parametrize(
    "options",
    [
        {"tile": True, "tile_width": 32, "tile_height": 32},
        {"bigtiff": True, "compression": "lzw"},
        {"compression": "deflate", "predictor": "horizontal"},
        {"compression": "jpeg", "tile": True},
        {"premultiply": True},
    ],
)
def test_tiff_of_every_build(photo, tmp_path, options):
    path = tmp_path / "a.tif"
    if "premultiply" in options:
        photo = np.dstack([photo, photo[..., 0]])
    pyvips.Image.new_from_array(photo).tiffsave(str(path), **options)
    atol = 4 if options.get("compression") == "jpeg" else 0
    np.testing.assert_allclose(
        whole(path, tmp_path).astype(int), read_image(path), atol=atol
    )


@pytest.mark.parametrize("what", ["truncated", "text", "empty"])
def test_names_what_is_wrong(broken_files, tmp_path, what):
    with pytest.raises(InputError, match=r"(cut|text|empty)\.\w+ is ") as error:
        open_big_photo(broken_files[what], tmp_path)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("suffix", ["png", "tif", "jpg"])
def test_read_in_strips_that_leave_nothing(
    write_picture, photo, tmp_path, suffix
):
    path = write_picture(f"in/a.{suffix}", photo)
    done = []
    open_big_photo(path, tmp_path, done.append).close()
    assert len(done) == 3
    assert sum(done) == SIZE[0] * SIZE[1]
    assert [file.name for file in tmp_path.iterdir()] == ["in"]


@pytest.mark.parametrize("longest_side", [149, 100, 64, 7, 1])
def test_scaled_as_in_memory(photo, tmp_path, longest_side):
    expected = scale_down(photo, longest_side)
    with RawPicture(tmp_path, *SIZE) as picture:
        picture.append(photo)
        strips = list(scaled_strips(picture, *expected.shape[:2]))
    # Fractions of rows are rounded once more where strips meet.
    np.testing.assert_allclose(
        np.concatenate(strips).astype(int), expected, atol=1
    )


def test_a_full_disk_or_a_folder_that_is_none_is_named(
    write_picture, photo, tmp_path
):
    path = write_picture("a.png", photo)
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (10_000, limits[1]))
    try:
        with pytest.raises(InputError, match=r"cannot hold the 0 MB .*free"):
            open_big_photo(path, tmp_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    with pytest.raises(InputError, match="none cannot hold"):
        RawPicture(tmp_path / "none", 1, 1)


def test_without_pyvips_only_big_photos_are_refused(
    write_picture, photo, tmp_path, monkeypatch
):
    monkeypatch.setitem(sys.modules, "pyvips", None)
    path = write_picture("a.png", photo)

    np.testing.assert_array_equal(read_image(path), photo)
    with pytest.raises(InputError, match=r"pip install '[a-z-]+\[big\]'"):
        open_big_photo(path, tmp_path)
