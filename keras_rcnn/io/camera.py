"""What a camera sees now, by PyAV."""

import contextlib
import sys
import threading
from collections.abc import Iterator

import numpy as np

from keras_rcnn.errors import InputError, import_extra

# The input format of FFmpeg and the name of camera N, by `sys.platform`.
_DEVICES = {
    "linux": ("v4l2", "/dev/video{}"),
    "darwin": ("avfoundation", "{}:none"),
}


def camera_device(number: int) -> tuple[str, str]:
    """FFmpeg's format and name of a camera.

    Raises:
        InputError: on systems whose cameras have no numbers.
    """
    if sys.platform not in _DEVICES:
        raise InputError(
            "camera= works on Linux and macOS only: open the page of "
            "`keras-rcnn demo` instead."
        )
    kind, name = _DEVICES[sys.platform]
    return kind, name.format(number)


@contextlib.contextmanager
def open_camera(kind: str, name: str) -> Iterator[Iterator[np.ndarray]]:
    """A camera that is open during the block.

    Args:
        kind: input format of FFmpeg.
        name: of the device.

    Yields:
        Iterator of the newest picture each, uint8 `(height, width, 3)`.
        Pictures that come while one is processed are left out.

    Raises:
        InputError: if there is no such camera, it is in use, or PyAV is not
            installed; the iterator raises it when the camera is gone.
    """
    av = import_extra("av", "A camera", "video")
    try:
        container = av.open(name, format=kind)
        stream = container.streams.video[0]
    except (av.FFmpegError, OSError, IndexError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise InputError(
            f"The camera {name} cannot be opened ({reason}): connect one, "
            "close the program that uses it, or give another number as camera=."
        ) from error
    changed = threading.Condition()
    newest: list = []
    ended = threading.Event()

    def read() -> None:
        with contextlib.suppress(av.FFmpegError, OSError):
            for picture in container.decode(stream):
                if ended.is_set():
                    return
                with changed:
                    newest[:] = [picture]
                    changed.notify()
        with changed:
            newest[:] = [None]
            changed.notify()

    def pictures() -> Iterator[np.ndarray]:
        while True:
            with changed:
                changed.wait_for(lambda: newest)
                picture = newest.pop()
            if picture is None:
                raise InputError(
                    f"The camera {name} gives no more pictures: connect it "
                    "again."
                )
            yield picture.to_ndarray(format="rgb24")

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    try:
        yield pictures()
    finally:
        ended.set()
        thread.join(timeout=5)
        container.close()
