"""Time of synchronous training, by an alpha-beta model of all-reduce."""

from typing import NamedTuple


class Network(NamedTuple):
    """A network between workers.

    Args:
        name: for the table.
        alpha: latency of a message in seconds.
        beta: bandwidth in bytes per second.
    """

    name: str
    alpha: float
    beta: float


def allreduce_seconds(network: Network, workers: int, size: float) -> float:
    """Time of a ring: `2 (p - 1)` messages of `size / p` bytes, in sequence.

    Args:
        network: network between the workers.
        workers: number `p` of workers.
        size: bytes of each worker.

    Reference:
        Thakur et al., "Optimization of collective communication operations in
        MPICH", 2005, section 4.5.
    """
    messages = 2 * (workers - 1)
    return messages * (network.alpha + size / workers / network.beta)


def step_seconds(
    network: Network, workers: int, size: float, crop_seconds: float, crops: int
) -> float:
    """Time of a step: each worker computes gradients, then all-reduce.

    Args:
        network: network between the workers.
        workers: number of workers.
        size: bytes of the gradients.
        crop_seconds: seconds for one crop on one worker.
        crops: number of crops of each worker.
    """
    return crops * crop_seconds + allreduce_seconds(network, workers, size)
