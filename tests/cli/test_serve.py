"""The server as a program."""

import importlib.util
import socket

import pytest

from benchmarks.serve_program import ServeProgram
from keras_rcnn.serving import GrpcClient, RestClient
from tests.helpers.run_command import error_line


def has_ipv6():
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_starts_answers_and_ends(saved_model, noise):
    host = "[::1]" if has_ipv6() else "127.0.0.1"
    server = ServeProgram(saved_model, f"--host={host}", "--model_name=mine")
    try:
        assert server.grpc.startswith(f"{host}:")
        with GrpcClient(server.grpc, "mine") as client:
            labels = client.predict("serving_default", images=noise[None])
        assert labels["labels"].shape == (1, *noise.shape[:2])
        if importlib.util.find_spec("kserve"):
            with RestClient(server.url, "mine") as client:
                assert client.is_ready()
    finally:
        assert server.stop() == 0


PORTS = [f"--{name}=0" for name in ("port", "rest_port", "kserve_port")]
needs_kserve = pytest.mark.extras(name="kserve")


@pytest.mark.parametrize(
    "flag", ["port", pytest.param("rest_port", marks=needs_kserve)]
)
def test_an_address_that_is_taken(run_command, flag):
    """Told alone, before the model is looked for."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        flags = *PORTS, f"--{flag}={port}"
        result = run_command("serve", "--model=nowhere", *flags)
    line = error_line(result)
    assert line.startswith(f"127.0.0.1:{port} cannot be listened on: choose")


@needs_kserve
def test_one_port_for_two_servers(run_command):
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    flags = f"--port={port}", f"--rest_port={port}"
    line = error_line(run_command("serve", "--model=m", *flags))
    assert f"127.0.0.1:{port} cannot be listened on" in line


def test_no_interface_of_this_machine(run_command):
    result = run_command("serve", "--model=m", "--host=192.0.2.1")
    assert "192.0.2.1:8500 cannot be listened on" in error_line(result)


@pytest.mark.skipif(not has_ipv6(), reason="needs IPv6")
@pytest.mark.parametrize("host", ["::1", "[::1]", "::"])
def test_an_ipv6_address_that_is_taken(run_command, host):
    bare = host.strip("[]")
    with socket.create_server((bare, 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]
        flags = *PORTS, f"--port={port}", f"--host={host}"
        result = run_command("serve", "--model=nowhere", *flags)
    line = error_line(result)
    assert line.startswith(f"[{bare}]:{port} cannot be listened on: choose")


def test_what_is_no_saved_model(run_command, tmp_path):
    line = error_line(run_command("serve", f"--model={tmp_path}", *PORTS))
    assert line.startswith(f"{tmp_path} is not a SavedModel")
