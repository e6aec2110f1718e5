"""Limits of both gRPC servers."""

# Whole requests for labels that are computed or wait.
MAX_WAITING = 64
# Requests that are arriving, and those for health and metadata, come on top.
MAX_OPEN = 128
# A connection takes requests for this time, then clients open another one.
CONNECTION_SECONDS = 60
# Its last requests end within this time, whole or not.
REQUEST_SECONDS = 300


def server_options(max_request_bytes: int) -> list[tuple[str, int]]:
    """Returns the options of a server.

    Args:
        max_request_bytes: larger requests are refused before they are read.
    """
    return [
        ("grpc.max_receive_message_length", max_request_bytes),
        ("grpc.max_send_message_length", -1),
        # gRPC has no time limit for a message alone.
        ("grpc.max_connection_age_ms", round(CONNECTION_SECONDS * 1000)),
        ("grpc.max_connection_age_grace_ms", round(REQUEST_SECONDS * 1000)),
        # Otherwise two servers could share one port and its requests.
        ("grpc.so_reuseport", 0),
    ]
