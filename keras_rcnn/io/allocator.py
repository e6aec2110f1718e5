"""Settings of the memory allocator of the C library."""

import ctypes
import sys

# Environment variable: parameter in glibc's malloc.h, and its value.
_SETTINGS = {
    "MALLOC_ARENA_MAX": (-8, 1),
    "MALLOC_MMAP_MAX_": (-4, 0),
    "MALLOC_TRIM_THRESHOLD_": (-1, -1),
}
# The same settings for a process that is started with this environment.
ENVIRONMENT = {name: str(value) for name, (_, value) in _SETTINGS.items()}


def keep_freed_memory() -> None:
    """Keeps freed memory in the process, to be used again.

    By default glibc returns blocks of tens of megabytes, such as the feature
    maps of a large photo, to the system, which clears them when they are used
    again: a third of the time of labeling. One heap that never shrinks, and
    that also holds large blocks, avoids that; the peak stays about the same.
    Call this function before threads start, and so before TensorFlow is
    imported. Other C libraries are left as they are.
    """
    if sys.platform != "linux":
        return
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is None:
        return
    for parameter, value in _SETTINGS.values():
        mallopt(parameter, value)
