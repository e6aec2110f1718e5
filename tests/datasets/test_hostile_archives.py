"""Archives and MATLAB files that would fill the memory or break a reader."""

import gzip
import resource
import tarfile
import zipfile

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from PIL import Image

from keras_rcnn.datasets import prepare
from keras_rcnn.errors import InputError
from tests.helpers.made_up_archives import (
    SIFT_PHOTOS,
    pack,
    write_mat,
    write_sift_flow,
    write_stanford,
)

LABELS = f"SemanticLabels/{SIFT_PHOTOS}/street_c3.mat"
PHOTO = f"SiftFlowDataset/Images/{SIFT_PHOTOS}/street_c3.jpg"
MEGABYTE = bytes(2**20)


def refused(name, folder, reason):
    """Checks that preparing fails, within 500 MB more than before."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(InputError, match=reason) as error:
        prepare(name, folder, folder / "data")
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    assert after - before < 500_000
    assert "\n" not in str(error.value)


def test_a_tar_with_a_huge_member(tmp_path):
    with gzip.open(tmp_path / "iccv09Data.tar.gz", "wb") as file:
        member = tarfile.TarInfo("iccv09Data/images/1.jpg")
        member.size = 3 * 2**30
        file.write(member.tobuf())
        for _ in range(70):
            file.write(MEGABYTE)
    refused("stanford_background", tmp_path, "3221225472 bytes, far more")


def test_a_tar_with_a_huge_name(tmp_path):
    with gzip.open(tmp_path / "iccv09Data.tar.gz", "wb") as file:
        member = tarfile.TarInfo("././@LongLink")
        member.type, member.size = tarfile.GNUTYPE_LONGNAME, 3 * 2**30
        file.write(member.tobuf())
        for _ in range(70):
            file.write(MEGABYTE)
    refused("stanford_background", tmp_path, "a part of 3221225472 bytes")


def test_a_zip_with_many_large_members(tmp_path):
    pack(write_sift_flow(tmp_path), "zip")
    with zipfile.ZipFile(
        tmp_path / "SiftFlowDataset.zip", "a", zipfile.ZIP_DEFLATED
    ) as archive:
        archive.writestr(PHOTO.replace("street", "huge"), bytes(2**26 + 1))
    refused("sift_flow", tmp_path, "67108865 bytes, far more than")


def test_two_photos_of_one_name(tmp_path):
    pack(write_sift_flow(tmp_path), "zip")
    with (
        zipfile.ZipFile(tmp_path / "SiftFlowDataset.zip", "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr(PHOTO, archive.read(PHOTO))
    refused("sift_flow", tmp_path, "street_c3.jpg twice")


@pytest.mark.parametrize(
    ("place", "value", "reason"),
    [(8, 1, "encrypted"), (10, 97, "compression")],
)
def test_an_encrypted_or_oddly_compressed_zip(tmp_path, place, value, reason):
    pack(write_sift_flow(tmp_path), "zip")
    file = tmp_path / "SiftFlowDataset.zip"
    content = bytearray(file.read_bytes())
    # In the list at the end, and before each member.
    for mark, offset in ((b"PK\x01\x02", place), (b"PK\x03\x04", place - 2)):
        start = 0
        while (start := content.find(mark, start)) >= 0:
            content[start + offset] = value
            start += 4
    file.write_bytes(content)
    refused("sift_flow", tmp_path, f"not a whole archive .*{reason}")


def test_test_photos_alone(tmp_path):
    root = write_sift_flow(tmp_path)
    for name in ("coast_a1", "coast_b2", "street_c3"):
        (root / f"Images/{SIFT_PHOTOS}/{name}.jpg").unlink()
    refused("sift_flow", tmp_path, "no photo of the split train")


def test_a_photo_of_too_many_pixels(tmp_path):
    root = write_stanford(tmp_path)
    Image.new("L", (20_000, 20_000)).save(root / "images/0000003.jpg")
    refused("stanford_background", tmp_path, "0000003.jpg has more than")


@pytest.mark.parametrize(
    ("matrix", "reason"),
    [
        (np.zeros((1500, 1500)), "more than 16777216 bytes after"),
        (scipy.sparse.eye_array(256, format="csc"), "street_c3"),
        (np.array(["a", "b"], object), "street_c3"),
        (np.array([[1 + 2j]]), "street_c3"),
        ({"a": 1}, "street_c3"),
    ],
)
def test_a_matlab_file_with_another_matrix(tmp_path, matrix, reason):
    root = write_sift_flow(tmp_path)
    names = np.array(["sky"], object)
    content = {"S": matrix, "names": names}
    scipy.io.savemat(root / LABELS, content, do_compression=True)
    refused("sift_flow", tmp_path, reason)


@pytest.mark.parametrize("shape", [(0, 0), (16, 256, 256)])
def test_a_matrix_of_another_shape(tmp_path, shape):
    root = write_sift_flow(tmp_path)
    write_mat(root / LABELS, np.zeros(shape, np.uint8))
    refused("sift_flow", tmp_path, "no matrix of labels")
