"""Video files that are written frame by frame, by PyAV."""

import contextlib
import os
import pathlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from keras_rcnn.errors import InputError, import_extra
from keras_rcnn.io.clips import Clip

Append = Callable[[np.ndarray, int, int], None]
# Of H.264: losses can hardly be seen. Frames are stored in the order in which
# they are shown, which keeps their durations. The result of several threads
# depends on their number.
_QUALITY = {"crf": "20", "preset": "fast", "bf": "0", "threads": "1"}
# Browsers begin to play before the whole file has been loaded.
_INDEX_FIRST = {"movflags": "faststart"}
_BT709 = 1
# Packets get the durations of their frames (AV_CODEC_FLAG_FRAME_DURATION).
_KEEP_DURATIONS = 1 << 8


@contextlib.contextmanager
def open_video(
    path: pathlib.Path,
    part: pathlib.Path,
    height: int,
    width: int,
    clip: Clip,
    lossless: bool = False,
) -> Iterator[Append]:
    """An MP4 file with the timestamps of a clip, complete or not there at all.

    Args:
        path: file to write or replace, at the end of the block.
        part: file that becomes `path`, on the same file system.
        height: of the frames, in pixels.
        width: of the frames, in pixels.
        clip: whose units of time and shape of pixels it gets.
        lossless: FFV1 with the exact values of gray frames, instead of H.264,
            which every browser plays, for RGB frames.

    Yields:
        Function of the next frame, its timestamp and its duration. RGB frames
        with an odd side get one more row or column of the same pixels.

    Raises:
        InputError: if the file cannot be written, or PyAV has no encoder.
    """
    av = import_extra("av", f"The video {path}", "video")
    try:
        with av.open(
            f"file:{os.fspath(part)}", "w", format="mp4", options=_INDEX_FIRST
        ) as container:
            stream = _add_stream(av, container, height, width, clip, lossless)

            def append(
                picture: np.ndarray, timestamp: int, duration: int
            ) -> None:
                frame = _frame(av, picture, lossless)
                frame.pts, frame.duration = timestamp, duration
                frame.time_base = clip.time_base
                container.mux(stream.encode(frame))

            yield append
            container.mux(stream.encode())
        part.replace(path)
    except (av.FFmpegError, OSError) as error:
        raise InputError(
            f"{path} cannot be written ({error.strerror}): free some space, or "
            "choose another place."
        ) from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _add_stream(
    av: Any, container: Any, height: int, width: int, clip: Clip, lossless: bool
) -> Any:
    codec = "ffv1" if lossless else "h264"
    try:
        stream = container.add_stream(
            codec, rate=clip.rate, options={} if lossless else _QUALITY
        )
    except (av.FFmpegError, ValueError) as error:
        raise InputError(
            f"PyAV has no encoder for {codec}: install its wheel by `pip "
            "install --force-reinstall --only-binary=av av`."
        ) from error
    stream.height, stream.width = height, width
    if not lossless:
        # H.264 halves the resolution of colors.
        stream.height, stream.width = height + height % 2, width + width % 2
    stream.pix_fmt = "gray" if lossless else "yuv420p"
    stream.time_base = stream.codec_context.time_base = clip.time_base
    stream.codec_context.flags |= _KEEP_DURATIONS
    stream.codec_context.sample_aspect_ratio = clip.pixel_aspect
    if not lossless:
        stream.codec_context.colorspace = _BT709
        stream.codec_context.color_primaries = _BT709
        stream.codec_context.color_trc = _BT709
    return stream


def _frame(av: Any, picture: np.ndarray, lossless: bool) -> Any:
    if lossless:
        return av.VideoFrame.from_ndarray(picture, "gray")
    height, width, _ = picture.shape
    if height % 2 or width % 2:
        odd = (0, height % 2), (0, width % 2), (0, 0)
        picture = np.pad(picture, odd, mode="edge")
    frame = av.VideoFrame.from_ndarray(picture, "rgb24")
    return frame.reformat(
        format="yuv420p", dst_colorspace="ITU709", dst_color_range="MPEG"
    )
