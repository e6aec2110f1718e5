"""KServe's gRPC service with a limit for waiting requests."""

from typing import TYPE_CHECKING, Any

import grpc

from keras_rcnn.serving.grpc_limits import MAX_WAITING
from keras_rcnn.serving.served_model import count_refusal

if TYPE_CHECKING:
    _Servicer: Any = object
else:
    from kserve.protocol.grpc.servicer import InferenceServicer as _Servicer


class LimitedServicer(_Servicer):
    """Refuses whole requests for labels while too many of them wait."""

    _waiting = 0

    async def ModelInfer(self, request: Any, context: Any) -> Any:
        """Runs a signature."""
        if self._waiting >= MAX_WAITING:
            count_refusal(grpc.StatusCode.RESOURCE_EXHAUSTED)
            await context.abort(
                grpc.StatusCode.RESOURCE_EXHAUSTED,
                f"{MAX_WAITING} requests are waiting: send this one again "
                "later.",
            )
        self._waiting += 1
        try:
            return await super().ModelInfer(request, context)
        finally:
            self._waiting -= 1
