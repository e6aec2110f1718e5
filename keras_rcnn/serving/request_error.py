"""What is wrong with a request."""

import grpc

_HTTP = {
    grpc.StatusCode.INVALID_ARGUMENT: 400,
    grpc.StatusCode.NOT_FOUND: 404,
    grpc.StatusCode.RESOURCE_EXHAUSTED: 413,
}


class RequestError(ValueError):
    """A request that cannot be answered.

    Args:
        message: what is wrong and how to mend it, for whoever asked.
        code: one of gRPC's.
    """

    def __init__(
        self,
        message: str,
        code: grpc.StatusCode = grpc.StatusCode.INVALID_ARGUMENT,
    ) -> None:
        super().__init__(message)
        self.code = code

    @property
    def http_status(self) -> int:
        """The same for HTTP."""
        return _HTTP.get(self.code, 500)
