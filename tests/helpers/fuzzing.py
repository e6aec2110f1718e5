"""Random damage, the same in each run unless more examples are asked for."""

import contextlib
import os
import resource
import time

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

_ASKED = os.environ.get("KERAS_RCNN_FUZZ")
EXAMPLES = int(_ASKED or 20)
fuzzed = settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize=_ASKED is None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@st.composite
def damaged(draw, content: bytes) -> bytes:
    """Bytes of which some are changed, removed, repeated or added."""
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(content)))
        stop = start + draw(st.sampled_from((0, 1, 1, 4, 40, len(content))))
        part = draw(
            st.binary(max_size=9)
            | st.just(content[start:stop] * 2)
            | st.just(bytes(255 - byte for byte in content[start:stop]))
        )
        content = content[:start] + part + content[stop:]
    return content


class Times:
    """How long each input took, at most `LIMIT` seconds."""

    LIMIT = 30.0

    def __init__(self):
        self.restart()

    def restart(self):
        """Forgets what was measured."""
        self.inputs, self.slowest = 0, 0.0

    @contextlib.contextmanager
    def one(self):
        """Measures an input."""
        start = time.perf_counter()
        try:
            yield
        finally:
            self.inputs += 1
            self.slowest = max(self.slowest, time.perf_counter() - start)
            assert self.slowest < self.LIMIT

    def __str__(self):
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        return (
            f"{self.inputs} inputs, the slowest took {self.slowest:.2f} s; "
            f"peak memory of this process {peak} MB"
        )
