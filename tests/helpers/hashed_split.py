"""The test photos of a folder, by a loop of their own."""

import hashlib
from collections.abc import Iterable


def hashed(names: Iterable[str], fraction: float, salt: str) -> set[str]:
    """Names whose hash is among the first `fraction` of all hashes."""
    chosen = set()
    for name in names:
        digest = hashlib.sha256(f"{salt} {name}".encode()).hexdigest()
        if int(digest[:16], 16) / 16**16 < fraction:
            chosen.add(name)
    return chosen


def hashed_test(names: Iterable[str]) -> set[str]:
    """The names of the test split of a folder that has no lists."""
    return hashed(names, 0.2, "test 3071")
