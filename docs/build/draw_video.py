"""Draws the picture of docs/video.md: frames of a clip and of its overlay.

    python -m docs.build.draw_video

The clip is made of `china.jpg` by danielbuechele (Flickr, CC BY 2.0, comes
with scikit-learn): a window that moves to the right. Needs the extra `video`.
"""

import io
import pathlib
import sys
import tempfile

import numpy as np
from PIL import Image

from experiments.video import write_clip
from keras_rcnn.cli import main as command
from keras_rcnn.cli import runner
from keras_rcnn.cli.flags import Flags
from keras_rcnn.io.clips import Clip
from keras_rcnn.io.files import make_folder, write_file
from keras_rcnn.io.images import read_image, scale_down
from keras_rcnn.io.sample_photo import find_sample_photo

FLAGS = Flags()
FLAGS.add_string(
    "model", "pyramid_stanford_background", "Name or file of the model."
)
FLAGS.add_string("output_dir", "docs/pictures", "Folder to write.")
_FRAMES, _SHOWN, _WIDTH = 25, (0, 12, 24), 240


def main() -> None:
    """Labels the clip and draws some frames of the overlay."""
    photo = scale_down(read_image(find_sample_photo()), 400)
    steps = np.linspace(0, photo.shape[1] - _WIDTH, _FRAMES).astype(int)
    # H.264 stores pairs of rows.
    height = photo.shape[0] // 2 * 2
    frames = [
        np.ascontiguousarray(photo[:height, left : left + _WIDTH])
        for left in steps
    ]
    with tempfile.TemporaryDirectory() as folder:
        clip = pathlib.Path(folder, "street.mp4")
        write_clip(clip, frames)
        command.run(
            [
                "label",
                f"--model={FLAGS.model}",
                f"--video={clip}",
                f"--output_dir={folder}",
                "--temporal_smoothing=0.8",
            ]
        )
        overlay = Clip(clip.with_name("street_overlay.mp4")).frames()
        shown = [frame.pixels() for frame in overlay if frame.index in _SHOWN]
    # The legend once, at the end.
    *first, last = shown
    picture = np.hstack([*(frame[:, :_WIDTH] for frame in first), last])
    content = io.BytesIO()
    Image.fromarray(picture).save(content, "JPEG", quality=88, subsampling=0)
    file = make_folder(FLAGS.output_dir) / "video_frames.jpg"
    write_file(file, content.getvalue())
    print(file)


if __name__ == "__main__":
    sys.exit(
        runner.run(
            sys.modules[__name__],
            ["python -m docs.build.draw_video", *sys.argv[1:]],
        )
    )
