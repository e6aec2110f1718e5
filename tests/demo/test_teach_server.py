"""What the server of the page of painting answers and refuses."""

import pytest

pytest.importorskip("fastapi")
from fastapi.testclient import TestClient

from keras_rcnn.demo.teach_server import create_teach_app
from tests.demo.teach_fixtures import taught, views
from tests.helpers.run_command import error_line

__all__ = ["taught", "views"]

pytestmark = pytest.mark.extras(name="demo")
CLASSES = [
    {"name": "sky", "color": "#0000ff"},
    {"name": "road", "color": "#808080"},
]
STROKE = {"points": [[1, 5], [90, 5]], "size": 4, "label": 0}


@pytest.fixture
def client(views):
    return TestClient(create_teach_app(views, max_megabytes=1))


def test_requests_that_do_not_fit_are_refused_in_a_line(client, views):
    refusals = [
        client.post("/strokes/scene 0", json=STROKE),
        client.post("/undo/..%2Fscene 0"),
        client.get("/photo/nothing"),
        client.get("/labels/scene 0"),
        client.put("/classes", json=[*CLASSES, CLASSES[0]]),
        client.post("/photos?name=x.jpg", content=b"no picture"),
        client.post("/photos?name=x.jpg", content=b"x" * (2**20 + 1)),
        client.post("/learn?seconds=5"),
    ]
    reasons = [
        "There is no class 0: add it",
        "There is no photo",
        "There is no photo nothing",
        "There is no model yet: press Learn.",
        "There are two classes sky",
        "x.jpg is no picture",
        "x.jpg has more than 1 MB",
        "There is nothing to tell apart: name two classes.",
    ]
    for refused, reason in zip(refusals, reasons, strict=True):
        assert refused.status_code == 400
        (line,) = refused.json()["error"].splitlines()
        assert reason in line
    client.put("/classes", json=CLASSES)
    for wrong in (
        {"points": []},
        {"points": [["nan", 0]]},
        {"size": 0},
        {"size": "inf"},
        {"label": 256},
        {"label": -1},
    ):
        answer = client.post("/strokes/scene 0", json=STROKE | wrong)
        assert answer.status_code == 422
    assert views.project.painted == []
    assert client.post("/learn?seconds=0").status_code == 422


def test_what_is_painted_is_shown_and_counted(client, views):
    client.put("/classes", json=CLASSES)
    state = client.post("/strokes/scene 0", json=STROKE).json()
    assert [each["is_painted"] for each in state["photos"]] == [1, 0, 0]
    assert state["classes"] == CLASSES
    for address in ("photo", "thumbnail", "strokes"):
        answer = client.get(f"/{address}/scene 0")
        assert answer.headers["content-type"].startswith("image/")
        assert answer.headers["cache-control"] == "no-store"
    assert client.post("/undo/scene 0").json()["photos"][0]["is_painted"] == 0
    assert client.post("/redo/scene 0").json()["photos"][0]["is_painted"] == 1
    assert (
        "only sky is painted"
        in client.post("/learn?seconds=5").json()["error"].lower()
    )


def test_the_page_loads_its_own_files_only(client):
    page = client.get("/").text
    for name in ("page.css", "konva/konva.min.js", "canvas.js", "page.js"):
        assert f'"assets/{name}"' in page
        assert client.get(f"/assets/{name}").status_code == 200
    assert "//" not in page.replace("<!DOCTYPE", "")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--teach={none}"], "There is no folder {none}"),
        (["--teach={folder}", "--images={none}"], "there is no such photo"),
        (["--teach={none}", "--images={none}"], "there is no such photo"),
        (["--teach={folder}", "--model={none}"], "no model there"),
        (
            ["--teach={folder}", "--model=rcnn2_stanford_background"],
            "--model=rcnn2_stanford_background is no pyramid",
        ),
    ],
)
def test_a_command_that_cannot_work_ends_in_a_line(
    run_command, taught, tmp_path, arguments, message
):
    names = {"none": tmp_path / "none", "folder": taught}
    given = [argument.format(**names) for argument in arguments]
    result = run_command("demo", "--port=0", *given)
    assert message.format(**names) in error_line(result)
    assert not names["none"].exists()


def test_flags_of_the_other_page_are_refused(run_command, taught):
    for flags in (["--images=x"], [f"--teach={taught}", "--models=x"]):
        line = error_line(run_command("demo", *flags), status=2)
        assert line.startswith("give --images and --model with --teach only")
