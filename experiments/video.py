r"""Measures the labels of clips: against photos, by coding and by smoothing.

    python -m experiments.video --model=runs/synthetic --report=video.json

The clips are generated: a camera moves fast or slowly over a generated scene,
or stands still. Dim light is strong noise, which is new in each frame. The
class of every pixel is known. Each clip is labeled by `keras-rcnn label
--video`; its frames are also labeled as photos, by `keras-rcnn label`. Clips of
the fast camera are also written with ordinary compression. Pixels flicker if
their label changes from a frame to the next and their class does not. Four
minutes on two cores. Needs the extra `video`.
"""

import contextlib
import fractions
import io
import pathlib
import sys
import tempfile
from collections.abc import Sequence
from typing import Any

import numpy as np

from keras_rcnn.cli import main as command
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.lazy_module import LazyModule
from keras_rcnn.errors import InputError

av = LazyModule("av")
images = LazyModule("keras_rcnn.io.images")
synthetic = LazyModule("keras_rcnn.datasets.synthetic")

FLAGS = Flags()
FLAGS.add_string(
    "model", None, "Network for the generated scenes.", required=True
)
FLAGS.add_integer("clips", 4, "Number of clips.")
FLAGS.add_integer("frames", 60, "Number of frames of each clip.")
FLAGS.add_floats("smoothing", [0.5, 0.8, 0.9], "Weights to measure.")
FLAGS.add_string("report", None, "JSON file for the figures.")

_SIZE = 96, 128
# In timestamps of 1/30000 s.
_STEP = 1001
# How far the camera moves, as a fraction of the room in the scene, and the
# standard deviation of the noise.
CAMERAS = {
    "fast": (1.0, 5.0),
    "slow, dim light": (0.25, 20.0),
    "at rest, dim light": (0.0, 20.0),
}
LOSSLESS = {"qp": "0"}
# Encoder, format of the pixels and options.
CODINGS = {
    "lossless": ("libx264rgb", "rgb24", LOSSLESS),
    "crf 18": ("libx264", "yuv420p", {"crf": "18"}),
    "crf 23": ("libx264", "yuv420p", {"crf": "23"}),
    "crf 28": ("libx264", "yuv420p", {"crf": "28"}),
}


def main() -> None:
    """Measures, prints and writes."""
    figures = {}
    for camera in CAMERAS:
        with tempfile.TemporaryDirectory() as folder:
            clips = [
                measure_clip(pathlib.Path(folder, str(seed)), seed, camera)
                for seed in range(FLAGS.clips)
            ]
        figures[camera] = {
            name: {
                key: float(np.mean([clip[name][key] for clip in clips]))
                for key in clips[0][name]
            }
            for name in clips[0]
        }
        for name, values in figures[camera].items():
            print(
                f"{camera}, {name}: {100 * values['accuracy']:.2f} % right, "
                f"{100 * values['flicker']:.2f} % flicker, "
                f"{100 * values['same_as_photos']:.2f} % as in the photos",
                flush=True,
            )
    runner.write_report(FLAGS.report, figures)


def measure_clip(
    folder: pathlib.Path, seed: int, camera: str
) -> dict[str, dict[str, float]]:
    """Figures of a clip by name."""
    frames, truth = moving_scene(
        np.random.default_rng(seed), FLAGS.frames, *CAMERAS[camera]
    )
    photos = folder / "photos"
    photos.mkdir(parents=True)
    for index, frame in enumerate(frames):
        images.write_png(photos / f"{index:06}.png", frame)
    label(f"--images={photos}", folder / "photo")
    expected = read_labels(folder.glob("photo/*_labels.png"))
    found = {"photos": expected}
    for coding, (codec, pixels, options) in CODINGS.items():
        is_lossless = coding == "lossless"
        if not is_lossless and camera != "fast":
            continue
        clip = folder / "clip.mp4"
        write_clip(clip, frames, codec, pixels, options)
        for weight in (0.0, *(FLAGS.smoothing if is_lossless else [])):
            out = folder / f"{coding} {weight}"
            label(f"--video={clip}", out, f"--temporal_smoothing={weight}")
            name = f"{coding}, smoothing {weight:g}" if weight else coding
            found[name] = read_labels(out.glob("clip_labels/*.png"))
    return {
        name: {
            "accuracy": float(np.mean(labels == truth)),
            "flicker": flicker(labels, truth),
            "same_as_photos": float(np.mean(labels == expected)),
        }
        for name, labels in found.items()
    }


def label(what: str, folder: pathlib.Path, *choices: str) -> None:
    """Runs `keras-rcnn label` without its output.

    Raises:
        InputError: if it fails.
    """
    errors = io.StringIO()
    with (
        contextlib.redirect_stdout(io.StringIO()),
        contextlib.redirect_stderr(errors),
    ):
        status = command.run(
            [
                "label",
                f"--model={FLAGS.model}",
                f"--output_dir={folder}",
                what,
                *choices,
            ]
        )
    if status:
        raise InputError(errors.getvalue().splitlines()[-1])


def read_labels(files: Any) -> np.ndarray:
    """Labels of frames, uint8 `(frames, height, width)`, by name."""
    return np.stack([images.read_image(f)[..., 0] for f in sorted(files)])


def moving_scene(
    rng: np.random.Generator,
    num_frames: int,
    movement: float = 1.0,
    noise: float = 5.0,
) -> tuple[list[np.ndarray], np.ndarray]:
    """A clip of 96x128 pixels.

    Args:
        rng: decides the scene and the noise.
        num_frames: number of frames.
        movement: how far the camera moves to the right and down, as a
            fraction of the room in the scene.
        noise: standard deviation of the noise of each frame.

    Returns:
        Frames, uint8 `(height, width, 3)` each, and their labels, uint8
        `(frames, height, width)`.
    """
    scene, labels = synthetic.draw_scene(rng)
    height, width = _SIZE
    room = np.rint(movement * (np.array(scene.shape[:2]) - _SIZE)).astype(int)
    frames, truth = [], []
    for index in range(num_frames):
        top, left = room * index // max(1, num_frames - 1)
        window = slice(top, top + height), slice(left, left + width)
        noisy = scene[window] + rng.normal(0, noise, (height, width, 3))
        frames.append(np.clip(np.rint(noisy), 0, 255).astype(np.uint8))
        truth.append(labels[window])
    return frames, np.stack(truth)


def write_clip(
    path: pathlib.Path,
    frames: Sequence[np.ndarray],
    codec: str = "libx264rgb",
    pixel_format: str = "rgb24",
    options: dict[str, str] = LOSSLESS,
    timestamps: Sequence[int] | None = None,
    rotation: int | None = None,
) -> None:
    """Writes a clip by PyAV, without loss unless the arguments say.

    Args:
        path: file to write.
        frames: uint8 `(height, width, 3)` each.
        codec: name of an encoder.
        pixel_format: of the coded frames.
        options: of the encoder.
        timestamps: of the frames, in 1/30000 s; 29.97 frames a second if not
            given.
        rotation: degrees by which players turn the frames to the left.
    """
    height, width, _ = frames[0].shape
    times = timestamps or range(0, _STEP * len(frames), _STEP)
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, options=dict(options))
        stream.height, stream.width = height, width
        stream.pix_fmt = pixel_format
        unit = fractions.Fraction(1, 30000)
        stream.time_base = stream.codec_context.time_base = unit
        if rotation is not None:
            stream.set_display_rotation(rotation)
        for frame, time in zip(frames, times, strict=True):
            picture = av.VideoFrame.from_ndarray(frame, "rgb24")
            picture.pts, picture.time_base = time, unit
            container.mux(stream.encode(picture))
        container.mux(stream.encode())


def flicker(labels: np.ndarray, truth: np.ndarray) -> float:
    """The fraction of pixels that change their label, but not their class.

    Args:
        labels: `(frames, height, width)`.
        truth: of the same shape.
    """
    stays = truth[1:] == truth[:-1]
    changes = labels[1:] != labels[:-1]
    return float(np.mean(changes[stays]))


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m experiments.video", *sys.argv[1:]],
        )
    )
