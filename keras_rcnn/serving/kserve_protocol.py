"""HTTP connections that do not stay open for nothing."""

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    _Protocol: Any = asyncio.Protocol
else:
    from uvicorn.protocols.http.auto import AutoHTTPProtocol as _Protocol


class ImpatientProtocol(_Protocol):
    """uvicorn's, which closes connections that send no request.

    uvicorn itself does so after the first request alone. Each connection
    takes one of the files that a process may have open.
    """

    def connection_made(self, transport: Any) -> None:
        """Waits for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Goes on waiting for the rest of a request's head."""
        super().data_received(data)
        if self.cycle is None:
            self._wait()

    def _wait(self) -> None:
        self._unset_keepalive_if_required()
        self.timeout_keep_alive_task = self.loop.call_later(
            self.timeout_keep_alive, self.timeout_keep_alive_handler
        )
