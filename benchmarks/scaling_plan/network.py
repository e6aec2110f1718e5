"""Time of synchronous training, by an alpha-beta model of all-reduce."""

from typing import NamedTuple


class Network(NamedTuple):
    """A network between workers.

    Args:
        name: for the table.
        alpha: latency of a message in seconds.
        beta: bandwidth in bytes per second.

    Reference:
        Thakur et al., "Optimization of collective communication operations in
        MPICH", 2005, section 4.5.
    """

    name: str
    alpha: float
    beta: float

    def allreduce_seconds(self, workers: int, size: float) -> float:
        """Time of a ring: `2 (p - 1)` messages of `size / p` bytes in sequence.

        Args:
            workers: number `p` of workers.
            size: bytes of each worker.
        """
        messages = 2 * (workers - 1)
        return messages * (self.alpha + size / workers / self.beta)
