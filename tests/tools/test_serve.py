"""The server as a program."""

import socket

import pytest
from benchmarks.serve_program import ServeProgram

from keras_rcnn import SceneLabeler
from keras_rcnn.export import export_saved_model
from keras_rcnn.serving import GrpcClient


@pytest.fixture(scope="module")
def saved_model(model, tmp_path_factory):
    folder = tmp_path_factory.mktemp("served") / "model"
    return export_saved_model(SceneLabeler(model), folder)


def test_starts_answers_and_ends(saved_model, noise):
    server = ServeProgram(saved_model, "--model_name=mine")
    with GrpcClient(server.grpc, "mine") as client:
        labels = client.predict("serving_default", images=noise[None])["labels"]
    assert labels.shape == (1, *noise.shape[:2])
    assert server.stop() == 0


def test_an_address_that_is_taken(start_program, saved_model):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        status, _, err = start_program(
            "serve", f"--model={saved_model}", f"--port={port}"
        )
    assert status == 1
    assert f"error: 127.0.0.1:{port} cannot be listened at" in err
    assert "Traceback" not in err


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_what_is_no_saved_model(run_program, tmp_path, name):
    (tmp_path / "empty").mkdir()
    status, _, err = run_program("serve", f"--model={tmp_path / name}")
    assert status == 1
    assert f"error: {tmp_path / name} is no SavedModel" in err


@pytest.mark.parametrize("flag", ["--port=-1", "--rest_port=70000", "--host"])
def test_wrong_usage(start_program, saved_model, flag):
    status, _, err = start_program("serve", f"--model={saved_model}", flag)
    assert status == 2
    assert err.startswith("error: ")
