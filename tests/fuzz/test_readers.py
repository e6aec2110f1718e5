"""Damaged files for each reader: read, or refused in one line.

`KERAS_RCNN_FUZZ` is the number of files for each reader, 20 by default.
`make fuzz` takes about an hour. Files that once broke a reader are kept in
`found/`, named `READER-WHAT`.
"""

import copy
import functools
import gzip
import io
import json
import pathlib
import shutil
import zipfile

import numpy as np
import pytest
import scipy.io
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from keras_rcnn import RecurrentCNN, load_model, save_model
from keras_rcnn.datasets.checks.checked_photos import photos_of_folder
from keras_rcnn.datasets.folder import folder_layout
from keras_rcnn.datasets.labelme_file import read_labelme_file
from keras_rcnn.datasets.plain import read_class_list
from keras_rcnn.datasets.sift_flow.sift_flow_dataset_builder import Builder
from keras_rcnn.datasets.source_files import read_source
from keras_rcnn.datasets.stanford_background import (
    stanford_background_dataset_builder as stanford,
)
from keras_rcnn.errors import InputError
from keras_rcnn.io.brush_rle import encode_brush
from keras_rcnn.io.images import read_image
from tests.helpers.fuzzing import Times, damaged, fuzzed
from tests.helpers.made_up_archives import pack, write_stanford

FOUND = pathlib.Path(__file__).parent / "found"
SHAPES = [
    {"label": "sky", "points": [[0, 0], [9, 9]], "shape_type": "rectangle"},
    {"label": "sea", "points": [[0, 9], [9, 9], [5, 1]], "group_id": None},
]
LABELME = {
    "version": "5.4.1",
    "shapes": SHAPES,
    "imagePath": "a.png",
    "imageData": None,
    "imageHeight": 12,
    "imageWidth": 16,
}
COCO = {
    "images": [{"id": 1, "file_name": "p.png", "height": 12, "width": 16}],
    "annotations": [
        {
            "id": number,
            "image_id": 1,
            "category_id": number,
            "segmentation": {"size": [12, 16], "counts": counts},
            "area": 100,
        }
        for number, counts in ((1, [92, 100]), (2, "n15700000b2"))
    ],
    "categories": [{"id": 1, "name": "sky"}, {"id": 2, "name": "sea"}],
}
STUDIO = [
    {
        "data": {"image": "/data/upload/1/0a1b2c3d-p.png"},
        "annotations": [
            {
                "result": [
                    {
                        "type": "brushlabels",
                        "original_width": 16,
                        "original_height": 12,
                        "image_rotation": 0,
                        "value": {
                            "rle": encode_brush(np.eye(12, 16) > 0),
                            "brushlabels": ["sky"],
                        },
                    }
                ]
            }
        ],
    }
]


def write(folder, name, content):
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def encoded(picture, kind="PNG", **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return file.getvalue()


def read_labelme(content, folder):
    file = read_labelme_file(write(folder, "a.json", content))
    labels = file.draw((12, 16), {"sky": 0, "sea": 1}, 255)
    assert labels.shape == (12, 16)
    assert labels.dtype == np.uint8


def read_voc_list(content, folder):
    write(folder, "labelmap.txt", b"sky:1,2,3::\nsea:4,5,6::\n")
    write(folder, "JPEGImages/p.jpg", b"")
    write(folder, "SegmentationClass/p.png", b"")
    write(folder, "ImageSets/Segmentation/test.txt", content)
    assert len(folder_layout(folder).class_names) == 2


def read_labelmap(content, folder):
    write(folder, "labelmap.txt", content)
    write(folder, "JPEGImages/p.jpg", b"")
    write(folder, "SegmentationClass/p.png", b"")
    folder_layout(folder)


def read_classes(content, folder):
    names, palette = read_class_list(write(folder, "classes.txt", content))
    assert len(names) == len(palette)
    assert all(name == name.strip() for name in names)


def read_mask(content, folder):
    """With its palette, as `check` reads it."""
    write(folder, "classes.txt", b"sky #010203\nsea\nland\n")
    photo = Image.new("RGB", (16, 12))
    write(folder, "images/p.png", encoded(photo))
    write(folder, "masks/p.png", content)
    (checked,) = photos_of_folder(folder_layout(folder), None)
    assert checked.errors or checked.label.shape == (12, 16)
    assert not any("\n" in str(error) for error in checked.errors)


def read_annotations(name, content, folder):
    """As `check` reads a file of an annotation tool."""
    write(folder, "images/p.png", encoded(Image.new("RGB", (16, 12))))
    write(folder, "classes.txt", b"sky\nsea\n")
    write(folder, name, content)
    layout = folder_layout(folder)
    assert not any("\n" in line for line in layout.problems)
    for checked in photos_of_folder(layout, None):
        assert checked.errors or checked.label.shape == (12, 16)
        assert not any("\n" in str(error) for error in checked.errors)


def read_mat(content, folder):
    labels = Builder._read_label(Builder, "a.mat", content)
    assert labels.ndim == 2
    assert labels.size


def read_regions(content, folder):
    assert stanford._parse("a.regions.txt", content).ndim == 2


def read_tar(content, folder):
    write(folder, "iccv09Data.tar.gz", content)
    files = read_source(folder, "iccv09Data.tar.gz", lambda name: True)
    assert all(isinstance(each, bytes) for each in files.values())


def read_zip(content, folder):
    write(folder, "iccv09Data.zip", content)
    files = read_source(folder, "iccv09Data.zip", lambda name: True)
    assert all(isinstance(each, bytes) for each in files.values())


def read_photo(content, folder):
    image = read_image("photo", content)
    assert image.dtype == np.uint8
    assert image.shape[2:] == (3,)


def read_keras(content, folder):
    assert load_model(write(folder, "a.keras", content)).num_classes == 2


READERS = {
    "labelme": read_labelme,
    "voc_list": read_voc_list,
    "labelmap": read_labelmap,
    "classes": read_classes,
    "mask": read_mask,
    "coco": functools.partial(read_annotations, "a.json"),
    "studio": functools.partial(read_annotations, "a.json"),
    "yolo": functools.partial(read_annotations, "labels/p.txt"),
    "mat": read_mat,
    "regions": read_regions,
    "tar": read_tar,
    "zip": read_zip,
    "photo": read_photo,
    "keras": read_keras,
}


def mat_file():
    file = io.BytesIO()
    names = np.array(list(Builder.CLASSES), object)
    labels = np.arange(192, dtype=np.uint8).reshape(12, 16) % 34
    scipy.io.savemat(file, {"S": labels, "names": names}, do_compression=True)
    return file.getvalue()


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return whole_files(tmp_path_factory.mktemp("whole"))


def whole_files(folder):
    """Whole files of each reader."""
    for kind in ("gztar", "zip"):
        pack(write_stanford(folder / kind, 2), kind)
    save_model(RecurrentCNN.from_preset("plain", 2), folder / "a.keras")
    rng = np.random.default_rng(0)
    photo = Image.fromarray(rng.integers(0, 256, (12, 16, 3), np.uint8))
    mask = Image.fromarray(rng.integers(0, 3, (12, 16), np.uint8))
    palette = mask.convert("P")
    palette.putpalette([1, 2, 3, 4, 5, 6, 7, 8, 9])
    gray = Image.fromarray(rng.integers(0, 2**16, (12, 16), np.uint16))
    return {
        "labelme": [json.dumps(LABELME).encode()],
        "voc_list": [b"p\nJPEGImages/p.jpg\np -1\n"],
        "labelmap": [b"# name:color\nsky:1,2,3::\nsea:4,5,6:a:b\n"],
        "classes": ["sky #0a0b0c\nStraße\n\nsea\n".encode()],
        "mask": [encoded(mask), encoded(palette, bits=2), encoded(photo)],
        "coco": [json.dumps(COCO).encode()],
        "studio": [json.dumps(STUDIO).encode()],
        "yolo": [b"0 0 0 0.5 0 0.5 1\n1 0.5 0 1 0 1 0.75 0.5 1\n"],
        "mat": [mat_file()],
        "regions": [b"0 1 -1\n2 3 4\n"],
        "tar": [(folder / "gztar/iccv09Data.tar.gz").read_bytes()],
        "zip": [(folder / "zip/iccv09Data.zip").read_bytes()],
        "photo": [
            *(
                encoded(photo, kind)
                for kind in ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
            ),
            encoded(gray),
            encoded(gray, "TIFF", compression="tiff_lzw"),
            encoded(photo.convert("RGBA")),
            encoded(palette, transparency=1),
        ],
        "keras": [(folder / "a.keras").read_bytes()],
    }


TIMES = Times()


@pytest.fixture(autouse=True)
def times():
    """`pytest -rP` shows them."""
    TIMES.restart()
    yield
    print(TIMES)


def check(reader, content, folder):
    """Reads a file; the only error allowed is one line."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    message = "read"
    with TIMES.one():
        try:
            READERS[reader](content, folder)
        except InputError as error:
            message = str(error)
    assert message
    assert "\n" not in message


@pytest.mark.parametrize("reader", READERS)
def test_whole_files_are_read(whole, tmp_path, reader):
    for content in whole[reader]:
        READERS[reader](content, tmp_path)


@pytest.mark.parametrize("reader", READERS)
def test_damaged_files(whole, tmp_path, reader):
    @fuzzed
    @given(st.data())
    def run(data):
        content = data.draw(st.sampled_from(whole[reader]))
        check(reader, data.draw(damaged(content)), tmp_path / "file")

    run()


@pytest.mark.parametrize("kind", ["tar", "zip"])
def test_damaged_content_of_archives(whole, tmp_path, kind):
    """Damage below the compression."""

    @fuzzed
    @given(st.data())
    def run(data):
        (content,) = whole[kind]
        if kind == "tar":
            inner = data.draw(damaged(gzip.decompress(content)))
            content = gzip.compress(inner, mtime=0)
        else:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                name = data.draw(st.sampled_from(archive.namelist()))
                start = archive.getinfo(name).header_offset
            content = content[:start] + data.draw(damaged(content[start:]))
        check(kind, content, tmp_path / "file")

    run()


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def containers(content):
    """All lists and dictionaries in a content that hold something."""
    values = content.values() if isinstance(content, dict) else content
    inner = [each for each in values if isinstance(each, (dict, list))]
    found = [place for each in inner for place in containers(each)]
    return [content, *found] if content else found


@pytest.mark.parametrize(
    ("reader", "whole_content"),
    [("labelme", LABELME), ("coco", COCO), ("studio", STUDIO)],
)
def test_json_files_with_odd_values(tmp_path, reader, whole_content):
    @fuzzed
    @given(st.data())
    def run(data):
        content = copy.deepcopy(whole_content)
        for _ in range(data.draw(st.integers(1, 3))):
            place = data.draw(st.sampled_from(containers(content)))
            keys = place if isinstance(place, dict) else range(len(place))
            more = ["mask", "shape_type"] if isinstance(place, dict) else []
            place[data.draw(st.sampled_from([*keys, *more]))] = data.draw(ODD)
        check(reader, json.dumps(content).encode(), tmp_path / "file")

    run()


@pytest.mark.parametrize(
    "path", sorted(FOUND.iterdir()), ids=lambda path: path.name
)
def test_files_that_once_broke_a_reader(tmp_path, path):
    content = path.read_bytes()
    assert len(content) < 1024
    check(path.name.split("-")[0], content, tmp_path / "file")


@given(st.data())
@fuzzed
def test_photos_of_every_mode_have_the_pixels_of_their_arrays(data):
    height, width = data.draw(st.integers(1, 9)), data.draw(st.integers(1, 9))
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    channels, dtype, kinds = data.draw(
        st.sampled_from(
            [
                (0, np.uint8, ("PNG", "TIFF", "BMP", "PPM", "GIF")),
                (0, np.uint16, ("PNG", "TIFF", "PPM")),
                (2, np.uint8, ("PNG", "TIFF")),
                (3, np.uint8, ("PNG", "TIFF", "BMP", "PPM")),
                (4, np.uint8, ("PNG", "TIFF")),
            ]
        )
    )
    shape = (height, width, channels) if channels else (height, width)
    values = rng.integers(0, np.iinfo(dtype).max, shape, dtype, endpoint=True)
    content = encoded(
        Image.fromarray(values), data.draw(st.sampled_from(kinds))
    )
    expected = np.atleast_3d(values).astype(float)
    if dtype == np.uint16:
        expected = np.floor(expected / 257 + 0.5)
    if channels in (2, 4):
        opacity = expected[..., -1:] / 255
        expected = expected[..., :-1] * opacity + 255 * (1 - opacity)
    image = read_image("photo", content)
    assert image.shape == (height, width, 3)
    # Pillow rounds in integers.
    assert np.abs(image - expected).max() <= (1 if channels in (2, 4) else 0)
