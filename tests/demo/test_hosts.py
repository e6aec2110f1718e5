"""Which requests the server of the page takes from browsers."""

import pytest

pytest.importorskip("gradio")
import fastapi
from fastapi.testclient import TestClient

from keras_rcnn.demo.web import protect
from keras_rcnn.io.addresses import LOCAL_HOSTS, is_loopback

pytestmark = pytest.mark.extras(name="demo")


@pytest.fixture
def ask():
    """Function of a method and headers that returns the answer."""
    app = fastapi.FastAPI()
    protect(app, {*LOCAL_HOSTS, "labels.example"})

    @app.api_route("/", methods=["GET", "POST"])
    def page() -> str:
        return "page"

    client = TestClient(app)
    return lambda method, **headers: client.request(
        method, "/", headers=headers
    )


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:7860", 200),
        ("127.0.0.1", 200),
        ("[::1]:7860", 200),
        ("labels.example", 200),
        ("rebound.example:7860", 403),
        ("localhost.rebound.example", 403),
        ("[", 403),
    ],
)
def test_only_listed_hosts_are_answered(ask, host, status):
    assert ask("GET", host=host).status_code == status


def test_other_pages_upload_nothing(ask):
    here = {"host": "localhost:7860"}
    assert ask("POST", **here).status_code == 200
    own = "http://localhost:7860"
    assert ask("POST", origin=own, **here).status_code == 200
    for origin in ("http://other.example", "null", "http://localhost:80"):
        assert ask("POST", origin=origin, **here).status_code == 403
        assert ask("GET", origin=origin, **here).status_code == 200


def test_types_of_content_are_not_guessed(ask):
    headers = ask("GET", host="localhost").headers
    assert headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True),
        ("::1", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("192.168.0.7", False),
    ],
)
def test_interfaces_of_this_machine_alone(host, expected):
    assert is_loopback(host) == expected
