"""Time of synchronous training, by an alpha-beta model of the all-reduce."""

from typing import NamedTuple


class Network(NamedTuple):
    """A network between workers.

    Args:
        name: for people.
        alpha: seconds of a message, however short.
        beta: bytes a second.
    """

    name: str
    alpha: float
    beta: float


def allreduce_seconds(network: Network, workers: int, size: float) -> float:
    """A ring: `2 (p - 1)` messages of a `p`-th of the bytes, one by one.

    Args:
        network: between the workers.
        workers: `p`.
        size: bytes that each has.

    Reference:
        Thakur et al., "Optimization of collective communication operations in
        MPICH", 2005, section 4.5.
    """
    messages = 2 * (workers - 1)
    return messages * (network.alpha + size / workers / network.beta)


def step_seconds(
    network: Network, workers: int, size: float, crop_seconds: float, crops: int
) -> float:
    """A step: each worker learns from its crops, then all add up.

    Args:
        network: between the workers.
        workers: how many.
        size: bytes of the gradients.
        crop_seconds: seconds for one crop on one worker.
        crops: of a worker.
    """
    return crops * crop_seconds + allreduce_seconds(network, workers, size)
