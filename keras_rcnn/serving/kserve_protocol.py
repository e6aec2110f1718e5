"""HTTP connections that are closed when no request comes."""

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    _Protocol: Any = asyncio.Protocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as _Protocol


class ImpatientProtocol(_Protocol):
    """uvicorn's protocol, with a time limit for the first request as well.

    uvicorn limits only the wait after a request. Each open connection takes
    one of the file descriptors of the process.
    """

    def connection_made(self, transport: Any) -> None:
        """Waits for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Restarts the time limit while the head of a request arrives."""
        super().data_received(data)
        if self.cycle is None:
            self._wait()

    def _wait(self) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
