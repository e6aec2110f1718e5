"""The error of a request that cannot be answered."""

import grpc

_HTTP = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.DEADLINE_EXCEEDED: 408,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 413,
    grpc.StatusCode.UNAVAILABLE: 503,
}


class RequestError(ValueError):
    """A request that cannot be answered.

    Args:
        message: what is wrong and how to fix it, for the client.
        code: status code of gRPC.
    """

    def __init__(
        self,
        message: str,
        code: grpc.StatusCode = grpc.StatusCode.INVALID_ARGUMENT,
    ) -> None:
        super().__init__(message)
        self.code = code

    @classmethod
    def of_http(cls, message: str, status: int) -> "RequestError":
        """Returns the error of an HTTP answer with that status."""
        codes = {number: code for code, number in _HTTP.items()}
        return cls(message, codes.get(status, grpc.StatusCode.UNKNOWN))

    @property
    def http_status(self) -> int:
        """Status of the HTTP answer."""
        return _HTTP.get(self.code, 500)
