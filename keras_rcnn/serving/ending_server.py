"""A web server that finishes its work before it ends."""

import asyncio
import contextlib
from collections.abc import Callable
from types import FrameType
from typing import Any

import uvicorn

from keras_rcnn.serving.kserve_work_limit import Work


class EndingServer(uvicorn.Server):
    """uvicorn's server, which goes on for a while after a signal.

    It refuses new work with 503, by `WorkLimit`, until the work that it has
    accepted is done. uvicorn alone would refuse connections. A second signal
    ends it at once.

    Args:
        config: of uvicorn.
        work: what the server is doing.
        grace_seconds: longest time to finish the work.
        ending: called without arguments at the signal.
    """

    def __init__(
        self,
        config: uvicorn.Config,
        work: Work,
        grace_seconds: float,
        ending: Callable[[], object],
    ) -> None:
        super().__init__(config)
        self._work = work
        self._grace_seconds = grace_seconds
        self._ending = ending
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: list[asyncio.Task] = []

    async def serve(self, *arguments: Any, **options: Any) -> None:
        """Serves until a signal comes and the work is done."""
        self._loop = asyncio.get_running_loop()
        await super().serve(*arguments, **options)

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begins to end."""
        if self._work.ending or self._loop is None:
            super().handle_exit(sig, frame)
            return
        self._work.ending = True
        loop = self._loop
        loop.call_soon_threadsafe(
            lambda: self._tasks.append(loop.create_task(self._finish(sig)))
        )

    async def _finish(self, sig: int) -> None:
        self._ending()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._grace_seconds):
                while self._work.waiting:
                    await asyncio.sleep(0.02)
        super().handle_exit(sig, None)
