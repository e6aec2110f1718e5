"""The server as a program."""

import importlib.util
import socket

import pytest

from benchmarks.serve_program import ServeProgram
from keras_rcnn import SceneLabeler
from keras_rcnn.export import export_saved_model
from keras_rcnn.serving import GrpcClient, RestClient


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


PORTS = ("port", "rest_port", "kserve_port")


@pytest.mark.parametrize(
    "flag",
    [
        "port",
        pytest.param("rest_port", marks=pytest.mark.extras(name="kserve")),
    ],
)
def test_an_address_that_is_taken(start_command, flag):
    """Told alone, before the model is looked for."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ports = dict.fromkeys(PORTS, 0) | {flag: port}
        status, out, err = start_command(
            "serve",
            "--model=nowhere",
            *(f"--{name}={number}" for name, number in ports.items()),
        )
    assert (status, out) == (1, "")
    assert err == (
        f"error: 127.0.0.1:{port} cannot be listened on: choose another host "
        "or port, or stop what listens there.\n"
    )


@pytest.mark.extras(name="kserve")
def test_one_port_for_two_servers(start_command):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    status, _, err = start_command(
        "serve", "--model=m", f"--port={port}", f"--rest_port={port}"
    )
    assert status == 1
    assert f"error: 127.0.0.1:{port} cannot be listened on" in err


def test_no_interface_of_this_machine(run_command):
    status, out, err = run_command("serve", "--model=m", "--host=192.0.2.1")
    assert (status, out) == (1, "")
    assert "error: 192.0.2.1:8500 cannot be listened on" in err


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


@pytest.mark.skipif(not has_ipv6(), reason="needs IPv6")
@pytest.mark.parametrize("host", ["::1", "[::1]", "::"])
def test_ipv6(saved_model, noise, host):
    server = ServeProgram(saved_model, f"--host={host}")
    try:
        assert server.grpc.startswith(f"[{host.strip('[]')}]:")
        with GrpcClient(server.grpc) as client:
            assert client.predict("resolution_8", images=noise[None])
        if importlib.util.find_spec("kserve"):
            with RestClient(server.url) as client:
                assert client.is_ready()
    finally:
        assert server.stop() == 0


@pytest.mark.parametrize("name", ["nothing", "empty"])
def test_what_is_no_saved_model(run_command, tmp_path, name):
    (tmp_path / "empty").mkdir()
    ports = [f"--{flag}=0" for flag in PORTS]
    status, _, err = run_command("serve", f"--model={tmp_path / name}", *ports)
    assert status == 1
    assert f"error: {tmp_path / name} is not a SavedModel" in err
