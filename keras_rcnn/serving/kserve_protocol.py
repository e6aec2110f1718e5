"""HTTP connections with limits for the head of a request."""

import asyncio
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    _Protocol: Any = asyncio.Protocol
else:
    from uvicorn.protocols.http.h11_impl import H11Protocol as _Protocol


class ImpatientProtocol(_Protocol):
    """uvicorn's protocol by h11, with a time limit for each head.

    h11 refuses a head of more than 16 KiB; the faster httptools takes heads of
    any size. uvicorn limits only the wait between two requests. Each open
    connection takes one of the file descriptors of the process.
    """

    # From the connection, or the first byte, to the end of the head.
    head_seconds = 30.0
    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: Any) -> None:
        """Waits for the first request."""
        super().connection_made(transport)
        self._limit_head()

    def data_received(self, data: bytes) -> None:
        """Starts or ends the time limit, which further bytes do not extend."""
        super().data_received(data)
        self._limit_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Ends the time limit."""
        super().connection_lost(exc)
        self._end_limit()

    def _limit_head(self) -> None:
        if self.cycle is not None and not self.cycle.response_complete:
            self._end_limit()
        elif self._timer is None:
            self._timer = self.loop.call_later(
                self.head_seconds, self.transport.close
            )

    def _end_limit(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
