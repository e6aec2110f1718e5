"""`keras-rcnn label --video`: a clip from its file to the report."""

import pathlib
import time
from collections.abc import Sequence
from typing import Any

from keras_rcnn.cli import model_flags, trained_side
from keras_rcnn.cli.flags import Flags
from keras_rcnn.cli.video.clip_files import ClipFiles, clip_settings
from keras_rcnn.cli.video.clip_labeling import ClipLabeling
from keras_rcnn.errors import InputError, printable
from keras_rcnn.io.clips import Clip
from keras_rcnn.labeling.temporal_average import TemporalAverage

# Flags that do not change the labels of a frame.
_OTHER_FLAGS = {"output_dir", "report", "images", "memory_mb", "num_threads"}


def label_clip(
    flags: Flags, folder: pathlib.Path
) -> tuple[dict[str, Any], InputError | None]:
    """Labels the clip of --video.

    Args:
        flags: of `keras-rcnn label`.
        folder: where to write.

    Returns:
        The report, and the error that names broken frames, if there are any.
    """
    start = time.perf_counter()
    clip = Clip(flags.video)
    trained_side.take_trained_side(flags, flags.model)
    labeler = model_flags.average_views(flags, model_flags.load_labeler(flags))
    if flags.temporal_smoothing:
        labeler = TemporalAverage(labeler, flags.temporal_smoothing)
    settings = clip_settings(
        clip.path, model_flags.model_names(flags.model), _choices(flags)
    )
    keeps_png = flags.video_labels == "png"
    files = ClipFiles(folder, clip.path.stem, settings, keeps_png)
    labeling = ClipLabeling(
        labeler,
        clip,
        files,
        flags.longest_side,
        flags.memory_mb,
        flags.uncertainty,
    )
    try:
        labeling.label()
    except InputError:
        files.remove_if_empty()
        raise
    is_cut_off = clip.is_cut_off
    shares = labeling.write_videos()
    files.write_shares(labeling.seconds, shares, labeler.class_names)
    files.finish()
    rate = labeling.num_labeled / max(labeling.seconds_labeling, 1e-9)
    print(
        printable(
            f"{clip.path} -> {files.overlay}, {files.labels}, {files.shares}"
        )
    )
    print(
        f"  {len(shares)} frames, {labeling.num_labeled} labeled now, "
        f"{rate:.1f} a second"
    )
    mean = dict(
        zip(labeler.class_names, shares.mean(axis=0).tolist(), strict=True)
    )
    failures = named_ranges(labeling.broken)
    if is_cut_off:
        failures.append(f"all after {len(shares)} frames: the file is cut off")
    error = None
    if failures:
        error = InputError(
            f"{clip.path} has frames that cannot be decoded, which have no "
            "labels:",
            *failures,
        )
    return {
        "class_names": labeler.class_names,
        "video": str(clip.path),
        "overlay": str(files.overlay),
        "labels": str(files.labels),
        "frame_shares": str(files.shares),
        "frames": len(shares),
        "frames_labeled_now": labeling.num_labeled,
        "frames_per_second": rate,
        "shares": mean,
        "failures": failures,
        "seconds_in_network": labeling.photos.network_seconds,
        "seconds_total": time.perf_counter() - start,
    }, error


def named_ranges(frames: Sequence[tuple[int, float]]) -> list[str]:
    """Names frames by index and second, neighbors together.

    >>> named_ranges([(3, 0.12), (7, 0.28), (8, 0.32)])
    ['frame 3 (0.12 s)', 'frames 7 to 8 (0.28 s to 0.32 s)']
    """
    rows: list[list[tuple[int, float]]] = []
    for frame in frames:
        if rows and frame[0] == rows[-1][-1][0] + 1:
            rows[-1].append(frame)
        else:
            rows.append([frame])
    names = []
    for row in rows:
        (first, start), (last, end) = row[0], row[-1]
        names.append(
            f"frame {first} ({start:.2f} s)"
            if first == last
            else f"frames {first} to {last} ({start:.2f} s to {end:.2f} s)"
        )
    return names


def _choices(flags: Flags) -> dict[str, Any]:
    """The flags that the labels depend on."""
    return {
        name: flags[name].value
        for name in flags
        if name not in _OTHER_FLAGS and not name.startswith("camera")
    }
