"""Both clients, asked the same."""

import concurrent.futures
import json

import grpc
import numpy as np
import pytest
import tensorflow as tf

from keras_rcnn.serving import GrpcClient, RestClient
from keras_rcnn.serving.request_error import RequestError


@pytest.fixture(
    params=[
        GrpcClient,
        pytest.param(RestClient, marks=pytest.mark.extras(name="kserve")),
    ]
)
def connect(request):
    """The class of a client."""
    if request.param is RestClient:
        pytest.importorskip("kserve")
    return request.param


@pytest.fixture
def address(server, connect):
    return server.grpc if connect is GrpcClient else server.url


@pytest.fixture
def client(connect, address):
    with connect(address) as client:
        yield client


def test_labels_of_files(client, files, expected):
    for labels, truth in zip(client.label(files), expected, strict=True):
        assert labels.dtype == np.uint8
        np.testing.assert_array_equal(labels, truth)


def test_about(client):
    about = client.predict("about")
    names = [tf.compat.as_str(name) for name in about["class_names"]]
    assert names == ["sky", "wet road", "tree"]
    assert about["palette"].tolist()[1:] == [[16, 17, 18], [0, 99, 0]]
    assert json.loads(about["metadata"].item())["preset"] == "rcnn2"


def test_many_at_once_rubbish_among_them(connect, address, files, expected):
    def ask(index):
        with connect(address) as client:
            if index % 3 == 2:
                with pytest.raises(RequestError, match=r"image_bytes\[1\]"):
                    client.label([files[0], b"rubbish"])
                return True
            labels = client.label([files[index % 3]])[0]
            return np.array_equal(labels, expected[index % 3])

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert all(pool.map(ask, range(48)))


def test_ready(connect, address, client):
    assert client.is_ready()
    with connect(address, "another") as stranger:
        assert not stranger.is_ready()
    nowhere = address.rpartition(":")[0] + ":1"
    with connect(nowhere, seconds=1) as nobody:
        assert not nobody.is_ready()
        with pytest.raises(RequestError) as error:
            nobody.predict("about")
    assert error.value.code in {
        grpc.StatusCode.UNAVAILABLE,
        grpc.StatusCode.DEADLINE_EXCEEDED,
    }


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([], "There are no photos: give"),
        (["street.jpg"], r"image_bytes\[0\] is str: give the contents"),
        ([b"x", 3], r"image_bytes\[1\] is int: give the contents"),
    ],
)
@pytest.mark.parametrize("connect", [GrpcClient, RestClient])
def test_what_is_no_list_of_files(connect, files, reason):
    """The client says so: there is no server."""
    with connect() as client, pytest.raises(RequestError, match=reason):
        client.label(files)
