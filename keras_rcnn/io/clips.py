"""Clips: video files that are read frame by frame, by PyAV."""

import contextlib
import dataclasses
import fractions
import heapq
import os
import pathlib
from collections.abc import Iterator
from typing import Any

import numpy as np
from PIL import Image

from keras_rcnn.errors import InputError, import_extra

# Containers of videos. Others, such as playlists, may name further files.
_FORMATS = (
    "mov,mp4,matroska,webm,avi,mpegts,mpeg,mpegvideo,flv,ogg,asf,gif,h264,hevc,"
    "ivf,mxf,wav,mp3,flac,aac"
)
_OPTIONS = {"format_whitelist": _FORMATS, "protocol_whitelist": "file"}
# Damaged pictures become errors instead of guesses.
_STRICT = {"err_detect": "explode"}
_UPRIGHT = np.array([[1, 0], [0, 1]])


@dataclasses.dataclass(frozen=True)
class ClipFrame:
    """A frame of a clip.

    Args:
        index: its place in the clip, from 0.
        timestamp: when it is shown, in units of the clip's `time_base`.
        duration: how long, in these units; 0 if unknown.
        clip: the clip.
        picture: of PyAV; None if the frame is broken.
    """

    index: int
    timestamp: int
    duration: int
    clip: "Clip"
    picture: Any

    @property
    def seconds(self) -> float:
        """When it is shown."""
        return float(self.timestamp * self.clip.time_base)

    def pixels(self) -> np.ndarray:
        """The upright picture, uint8 `(height, width, 3)`."""
        height, width = self.clip.coded_size
        image = self.picture.to_ndarray(
            format="rgb24", height=height, width=width
        )
        return turn_upright(image, self.clip.matrix)


class Clip:
    """A video file.

    Attributes:
        height: of the upright frames, in pixels.
        width: of the upright frames, in pixels.
        time_base: unit of the timestamps in seconds, a fraction.
        rate: frames a second on average, a fraction.
        num_frames: number of frames; None if the file does not state it.
        pixel_aspect: width of a pixel divided by its height.
        is_cut_off: whether the file ended too early, once `frames` has ended.

    Args:
        path: the file.

    Raises:
        InputError: if it is missing, is no video, has too many pixels (see
            `allow_megapixels`) or no frame that can be decoded, or PyAV is not
            installed.
    """

    def __init__(self, path: str | pathlib.Path) -> None:
        self.path = pathlib.Path(path).expanduser()
        self.is_cut_off = False
        self._av = import_extra("av", f"The video {self.path}", "video")
        with self._opened() as (container, stream):
            self.time_base: fractions.Fraction = stream.time_base
            rate = stream.average_rate or stream.guessed_rate
            self.rate = fractions.Fraction(rate or 25)
            self.num_frames = stream.frames or _estimate(container, self.rate)
            self._stated_frames: int = stream.frames
            self.coded_size = stream.height, stream.width
            self._check_size()
            first = self._first_picture(container, stream)
            self.coded_size = first.height, first.width
            self.matrix = _matrix(first)
            aspect = fractions.Fraction(stream.sample_aspect_ratio or 1)
        is_turned = not self.matrix[0, 0]
        self.height, self.width = self.coded_size[:: -1 if is_turned else 1]
        self.pixel_aspect = 1 / aspect if is_turned else aspect

    def frames(self) -> Iterator[ClipFrame]:
        """Yields all frames, from the first to the last.

        A broken frame is one whose data the decoder refuses. It keeps its
        place, and its `picture` is None.
        """
        waiting: list[tuple[int, int]] = []
        step = max(1, round(1 / (self.rate * self.time_base)))
        index, last = 0, -step

        def frame(timestamp: int, duration: int, picture: Any) -> ClipFrame:
            nonlocal index, last
            # Damaged files may repeat a timestamp, which no video can have.
            last = max(timestamp, last + 1) if index else timestamp
            index += 1
            return ClipFrame(index - 1, last, duration, self, picture)

        with self._opened() as (container, stream):
            for timestamp, duration, picture in self._decode(container, stream):
                if timestamp is None:
                    timestamp = last + step
                if picture is None:
                    # Earlier frames may come later, out of the decoder.
                    heapq.heappush(waiting, (timestamp, duration))
                    continue
                while waiting and waiting[0][0] < timestamp:
                    yield frame(*heapq.heappop(waiting), None)
                yield frame(timestamp, duration, picture)
        while waiting:
            yield frame(*heapq.heappop(waiting), None)

    @contextlib.contextmanager
    def _opened(self) -> Iterator[tuple[Any, Any]]:
        """The container and its video stream."""
        path = self.path
        if not path.exists():
            raise InputError(f"There is no file {path}: check the name.")
        if path.is_dir():
            raise InputError(f"{path} is a folder: name a video file.")
        try:
            container = self._av.open(
                f"file:{os.fspath(path)}",
                options=_OPTIONS,
                metadata_errors="replace",
            )
        except (self._av.FFmpegError, OSError) as error:
            raise InputError(
                f"{path} cannot be read as a video ({error.strerror}): give a "
                "whole file, such as MP4, MOV, MKV or WebM; a file that was "
                "cut off may lack its index."
            ) from error
        with container:
            covers = self._av.stream.Disposition.attached_pic
            streams = [
                stream
                for stream in container.streams.video
                if not stream.disposition & covers and stream.codec_context
            ]
            if not streams:
                raise InputError(
                    f"{path} holds no video that can be decoded: give a file "
                    "with pictures, such as MP4."
                )
            stream = streams[0]
            # Errors of several threads would name the wrong frame.
            stream.thread_type = "SLICE"
            stream.codec_context.options = _STRICT
            yield container, stream

    def _decode(
        self, container: Any, stream: Any
    ) -> Iterator[tuple[int | None, int, Any]]:
        """Yields timestamp, duration and picture, in the decoder's order."""
        packets = container.demux(stream)
        num_packets = 0
        while True:
            try:
                packet = next(packets)
            except (StopIteration, self._av.FFmpegError):
                break
            num_packets += bool(packet.size)
            try:
                pictures = packet.decode()
            except self._av.FFmpegError:
                if packet.size:
                    yield packet.pts, packet.duration or 0, None
                continue
            for picture in pictures:
                duration = picture.duration or 0
                yield (
                    picture.pts,
                    duration,
                    None if picture.is_corrupt else picture,
                )
        self.is_cut_off = num_packets < self._stated_frames

    def _first_picture(self, container: Any, stream: Any) -> Any:
        for _, _, picture in self._decode(container, stream):
            if picture is not None:
                return picture
        raise InputError(
            f"{self.path} has no frame that can be decoded: copy or save it "
            "again."
        )

    def _check_size(self) -> None:
        limit = Image.MAX_IMAGE_PIXELS
        height, width = self.coded_size
        if limit is not None and height * width > limit:
            raise InputError(
                f"{self.path} has frames of {width}x{height} pixels, more than "
                f"{limit}: allow more by max_megapixels=."
            )


def turn_upright(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Turns a picture as its display matrix says.

    Args:
        image: `(height, width, 3)`.
        matrix: 2x2, of -1, 0 and 1, so that `(column, row) @ matrix` is the
            direction in which the pixel is shown.
    """
    if not matrix[0, 0]:
        image = image.swapaxes(0, 1)
        matrix = matrix[::-1]
    columns, rows = np.diagonal(matrix)
    return np.ascontiguousarray(image[::rows, ::columns])


def _matrix(picture: Any) -> np.ndarray:
    """The display matrix of a frame, rounded to quarter turns."""
    for data in picture.side_data:
        if data.type.name == "DISPLAYMATRIX":
            values = np.frombuffer(bytes(data), "<i4")
            matrix = values.reshape(3, 3)[:2, :2].astype(np.int64)
            is_turned = abs(matrix[0, 1]) > abs(matrix[0, 0])
            mask = _UPRIGHT[::-1] if is_turned else _UPRIGHT
            signs: np.ndarray = np.where(matrix < 0, -1, 1) * mask
            return signs
    return _UPRIGHT


def _estimate(container: Any, rate: fractions.Fraction) -> int | None:
    """The number of frames by duration and rate."""
    if not container.duration:
        return None
    # In microseconds.
    return max(1, round(container.duration * rate / 1_000_000))
