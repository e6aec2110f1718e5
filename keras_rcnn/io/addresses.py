"""Addresses that servers listen on."""

import contextlib
import ipaddress
import socket
from collections.abc import Iterable

from keras_rcnn.errors import InputError

LOCAL_HOSTS = ("localhost", "127.0.0.1", "::1")


def is_loopback(host: str) -> bool:
    """Whether an interface can be reached from this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def address(host: str, port: int) -> str:
    """Returns `host:port`, with an IPv6 host in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """Opens a TCP socket that listens on an address.

    Args:
        host: name or IPv4 or IPv6 address of the interface.
        port: 0 lets the system choose.

    Raises:
        InputError: if the address is in use or not of this machine.
    """
    is_ipv6 = ":" in host
    try:
        return socket.create_server(
            (host, port),
            family=socket.AF_INET6 if is_ipv6 else socket.AF_INET,
            dualstack_ipv6=is_ipv6 and socket.has_dualstack_ipv6(),
        )
    except (OSError, UnicodeError) as error:
        raise cannot_listen(address(host, port)) from error


def refuse_taken(host: str, ports: Iterable[int]) -> None:
    """Checks that a server can listen on all of the ports at once.

    Raises:
        InputError: naming the first port that cannot be used.
    """
    with contextlib.ExitStack() as sockets:
        for port in ports:
            sockets.enter_context(listen(host, port))


def cannot_listen(address: str) -> InputError:
    """Returns the error for an address that cannot be used."""
    return InputError(
        f"{address} cannot be listened on: choose another host or port, or "
        "stop the program that uses it."
    )
