"""Memory that is used again instead of cleared anew."""

import subprocess
import sys

import pytest

COUNT_PAGES = """
import resource, sys
from keras_rcnn.io.allocator import keep_freed_memory
if sys.argv[1] == "keep":
    keep_freed_memory()
for _ in range(10):
    block = b"x" * 50_000_000
    del block
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt)
"""


def pages(root, choice):
    """Pages that the system has cleared for a program."""
    result = subprocess.run(
        [sys.executable, "-c", COUNT_PAGES, choice],
        cwd=root / "tools",
        capture_output=True,
        text=True,
        check=True,
    )
    return int(result.stdout)


@pytest.mark.skipif(sys.platform != "linux", reason="it is left as it is")
def test_large_blocks_are_cleared_once(pytestconfig):
    root = pytestconfig.rootpath
    assert pages(root, "keep") < pages(root, "leave") / 3
