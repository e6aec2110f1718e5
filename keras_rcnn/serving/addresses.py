"""Addresses that servers listen at."""

import contextlib
import socket
from collections.abc import Iterable

from keras_rcnn.errors import InputError


def address(host: str, port: int) -> str:
    """Both in one, as URLs and gRPC have them."""
    # The colons of IPv6 are no beginning of a port.
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def listen(host: str, port: int) -> socket.socket:
    """A socket of TCP at an address.

    Args:
        host: name or number of the interface, of IPv4 or IPv6.
        port: 0 lets the system choose.

    Raises:
        InputError: if the address is taken or none of this machine.
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
    """Makes sure that a server can listen at all of the ports.

    Raises:
        InputError: naming the first that is taken, by one before it as well.
    """
    with contextlib.ExitStack() as sockets:
        for port in ports:
            sockets.enter_context(listen(host, port))


def cannot_listen(address: str) -> InputError:
    """What to say of an address that is taken or none of this machine."""
    return InputError(
        f"{address} cannot be listened at: choose another host or port, or "
        "stop what listens there."
    )
