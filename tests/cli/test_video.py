"""The command `label` on videos."""

import csv
import functools
import json
import os
import signal
import subprocess
import sys
import time
import wave

import numpy as np
import pytest

from experiments.video import flicker, moving_scene, write_clip
from keras_rcnn import load_labeler
from keras_rcnn.export import export_litert
from keras_rcnn.reports import overlay
from tests.cli.conftest import PALETTE
from tests.helpers.run_command import ROOT, error_line, popen_command

pytestmark = pytest.mark.extras(name="video")
# In 1/30000 s: no two frames are shown equally long.
TIMES = [0, 1000, 2500, 2700, 6000, 9000, 9300, 14000, 14001, 16000, 20000]


@pytest.fixture
def frames(noise):
    """Frames of 24 x 36 pixels; more than a window of the stream."""
    return [np.roll(noise, 3 * shift, axis=1) for shift in range(len(TIMES))]


@pytest.fixture
def clip(frames, tmp_path):
    write_clip(tmp_path / "clip.mp4", frames, timestamps=TIMES)
    return tmp_path / "clip.mp4"


@pytest.fixture(scope="module")
def litert_file(model, tmp_path_factory):
    """The network as a file that is loaded in no time."""
    file = tmp_path_factory.mktemp("litert") / "model.tflite"
    return export_litert(model, file, None, 4, 2, output="probabilities")


@pytest.fixture(scope="module")
def litert(litert_file):
    return load_labeler(litert_file)


@pytest.fixture
def label_fast(label, litert_file):
    """The command `label` with that file."""
    return functools.partial(label, model=litert_file, choices=())


@pytest.fixture
def read_labels(read_png, tmp_path):
    """Function that reads the label PNGs in their order."""

    def read(name="clip", folder="out"):
        files = sorted((tmp_path / folder / f"{name}_labels").glob("*"))
        numbers = [f"{index:06}.png" for index in range(len(files))]
        assert [file.name for file in files] == numbers
        return np.stack([read_png(file)[1] for file in files])

    return read


def decoded(path, pixel_format="rgb24"):
    """Times and durations of the frames, and their pixels."""
    import av

    with av.open(str(path)) as container:
        unit = 30000 * container.streams.video[0].time_base
        frames = list(container.decode(video=0))
    times = [(frame.pts * unit, frame.duration * unit) for frame in frames]
    return times, [frame.to_ndarray(format=pixel_format) for frame in frames]


def test_frames_get_the_labels_that_they_get_as_photos(
    label, labeler, clip, frames, read_labels, tmp_path
):
    report = tmp_path / "report.json"
    status, out, err = label(f"--video={clip}", f"--report={report}")
    assert status == 0, err
    expected = labeler(np.stack(frames))
    assert len(np.unique(expected)) > 1
    np.testing.assert_array_equal(read_labels(), expected)
    assert f"{len(frames)}/{len(frames)}" in err
    assert f"{clip} -> {tmp_path}/out/clip_overlay.mp4, " in out
    # Nothing more is written.
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"clip_labels", "clip_overlay.mp4", "clip_shares.csv"}

    # The overlay is shown at the same times, with a legend at its right.
    times, pictures = decoded(tmp_path / "out/clip_overlay.mp4")
    assert times == decoded(clip)[0]
    tinted = [
        overlay(frame, labels, PALETTE)
        for frame, labels in zip(frames, expected, strict=True)
    ]
    assert pictures[0].shape[1] > 36
    # Ordinary compression halves the resolution of colors.
    losses = np.stack(pictures)[:, :24, :36].astype(int) - np.stack(tinted)
    assert np.abs(losses.mean(axis=(1, 2, 3))).max() < 3

    shares = np.stack(
        [(expected == label).mean(axis=(1, 2)) for label in range(3)], axis=1
    )
    with open(tmp_path / "out/clip_shares.csv", newline="") as file:
        header, *rows = csv.reader(file)
    assert header == ["frame", "seconds", "sky", "grass", "road"]
    np.testing.assert_allclose(
        np.array(rows, float),
        np.column_stack([range(len(TIMES)), np.array(TIMES) / 30000, shares]),
        atol=1e-6,
    )
    figures = json.loads(report.read_text())
    assert figures["frames"] == figures["frames_labeled_now"] == len(frames)
    assert figures["frames_per_second"] > 0
    assert list(figures["shares"].values()) == pytest.approx(
        shares.mean(axis=0)
    )


def test_all_ways_to_label_photos(
    label_fast,
    litert_file,
    clip,
    frames,
    write_picture,
    read_labels,
    read_png,
    tmp_path,
):
    """Several models, views, a smaller size and uncertainty."""
    for index, frame in enumerate(frames[:3]):
        write_picture(f"photos/{index}.png", frame)
    write_clip(clip, frames[:3])
    choices = ("--flip", "--longest_side=20", "--uncertainty")
    for what, folder in (
        (f"--images={tmp_path}/photos", "photo"),
        (f"--video={clip}", "out"),
    ):
        status, _, err = label_fast(
            what,
            *choices,
            model=f"{litert_file},{litert_file}",
            output_dir=tmp_path / folder,
        )
        assert status == 0, err
    for index, labels in enumerate(read_labels()):
        for name, found in (
            ("labels", labels),
            (
                "uncertainty",
                read_png(tmp_path / f"out/clip_uncertainty/00000{index}.png")[
                    1
                ],
            ),
        ):
            photo = read_png(tmp_path / f"photo/{index}_{name}.png")[1]
            np.testing.assert_array_equal(found, photo)


def test_a_litert_file_needs_no_tensorflow(clip, litert_file, tmp_path):
    arguments = [
        "label",
        f"--model={litert_file}",
        f"--video={clip}",
        f"--output_dir={tmp_path / 'out'}",
        "--temporal_smoothing=0.5",
    ]
    code = (
        "import sys; from keras_rcnn.cli import main;"
        f"print(main.run({arguments}), 'tensorflow' in sys.modules)"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
    )
    assert run.stdout.endswith("\n0 False\n"), run.stderr


def test_labels_as_a_video_and_frames_of_odd_sides(
    label_fast, litert, frames, tmp_path
):
    odd = [frame[:23, :35] for frame in frames]
    write_clip(tmp_path / "a.mp4", odd, timestamps=TIMES)
    status, _, err = label_fast(
        f"--video={tmp_path}/a.mp4", "--video_labels=mp4"
    )
    assert status == 0, err
    times, labels = decoded(tmp_path / "out/a_labels.mp4", "gray")
    np.testing.assert_array_equal(np.stack(labels), litert(np.stack(odd)))
    overlay_times, pictures = decoded(tmp_path / "out/a_overlay.mp4")
    assert times == overlay_times == decoded(tmp_path / "a.mp4")[0]
    assert pictures[0].shape[0] == 24
    names = {file.name for file in (tmp_path / "out").iterdir()}
    assert names == {"a_labels.mp4", "a_overlay.mp4", "a_shares.csv"}


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_turned_clips_are_labeled_upright(
    label_fast, litert, frames, read_labels, tmp_path, degrees
):
    turned = [np.rot90(frame, -degrees // 90).copy() for frame in frames[:3]]
    write_clip(tmp_path / "clip.mp4", turned, rotation=degrees)
    assert label_fast(f"--video={tmp_path}/clip.mp4")[0] == 0
    np.testing.assert_array_equal(read_labels(), litert(np.stack(frames[:3])))
    _, pictures = decoded(tmp_path / "out/clip_overlay.mp4")
    assert pictures[0].shape[0] == 24


def test_smoothing_averages_frames_and_reduces_flicker(
    label_fast, litert, read_labels, tmp_path
):
    frames, truth = moving_scene(np.random.default_rng(0), 8, 0.0, 20.0)
    write_clip(tmp_path / "clip.mp4", frames)
    mean, expected = None, []
    for frame in frames:
        new = litert.predict_proba(frame).astype(np.float64)
        mean = new if mean is None else 0.8 * mean + 0.2 * new
        expected.append(mean)
    found = {}
    for weight in (0, 0.8):
        status, _, err = label_fast(
            f"--video={tmp_path}/clip.mp4", f"--temporal_smoothing={weight}"
        )
        assert status == 0, err
        found[weight] = read_labels()
    best = np.sort(expected, axis=-1)
    is_clear = best[..., -1] - best[..., -2] > 1e-5
    assert is_clear.mean() > 0.99
    np.testing.assert_array_equal(
        found[0.8][is_clear], np.argmax(expected, axis=-1)[is_clear]
    )
    assert flicker(found[0.8], truth) < 0.5 * flicker(found[0], truth)


@pytest.mark.parametrize("weight", [0, 0.8])
def test_an_interrupted_run_goes_on_and_ends_with_the_same_files(
    label_fast, clip, tmp_path, weight
):
    choices = f"--video={clip}", f"--temporal_smoothing={weight}"
    whole = tmp_path / "whole"
    assert label_fast(*choices, output_dir=whole)[0] == 0
    # Nothing can be written in the place of this frame.
    obstacle = tmp_path / "out/clip_labels/000009.png"
    obstacle.mkdir(parents=True)

    status, _, err = label_fast(*choices)

    assert status == 1
    assert f"{obstacle} cannot be written" in err
    obstacle.rmdir()
    left = {file.name for file in (tmp_path / "out").iterdir()}
    assert left == {"clip_labels"}
    report = tmp_path / "report.json"
    assert label_fast(*choices, f"--report={report}")[0] == 0
    # It goes on with the frame after the last complete one.
    assert json.loads(report.read_text())["frames_labeled_now"] == 2
    assert_same_files(tmp_path / "out", whole)
    # Another run does not take over what this one has left.
    for other in (*choices[:1], "--temporal_smoothing=0.1"), choices:
        assert label_fast(*other)[0] == 0
    assert_same_files(tmp_path / "out", whole)


@pytest.mark.long
@pytest.mark.parametrize("weight", [0, 0.8])
def test_a_run_that_is_killed_again_and_again(
    label_fast, litert_file, frames, tmp_path, weight
):
    write_clip(tmp_path / "clip.mp4", 60 * [np.tile(frames[0], (20, 10, 1))])
    choices = (
        f"--video={tmp_path}/clip.mp4",
        f"--temporal_smoothing={weight}",
        "--uncertainty",
        "--video_labels=mp4",
    )
    assert label_fast(*choices, output_dir=tmp_path / "whole")[0] == 0
    folder = tmp_path / "out/clip_labels"
    for wanted in ("*02.png", "*30.png", "unfinished.mp4"):
        process = popen_command(
            "label",
            f"--model={litert_file}",
            f"--output_dir={tmp_path / 'out'}",
            *choices,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while process.poll() is None and not list(folder.glob(wanted)):
            time.sleep(0.01)
        process.kill()
        assert process.wait() == -signal.SIGKILL
        assert not list((tmp_path / "out").glob("*.*"))
    assert label_fast(*choices)[0] == 0
    assert_same_files(tmp_path / "out", tmp_path / "whole")


def assert_same_files(folder, expected):
    """The same bytes, except that H.264 may code the same overlay otherwise."""
    found, wanted = map(contents, (folder, expected))
    assert found.keys() == wanted.keys()
    for path, content in wanted.items():
        if path.name != "clip_overlay.mp4":
            assert found[path] == content, path
            continue
        (times, pictures), (wanted_times, wanted_pictures) = (
            decoded(each / path) for each in (folder, expected)
        )
        assert times == wanted_times
        losses = np.stack(pictures).astype(int) - np.stack(wanted_pictures)
        assert np.abs(losses).mean() < 1


def contents(folder):
    """Bytes of all files by their path in a folder."""
    return {
        file.relative_to(folder): file.read_bytes()
        for file in folder.rglob("*")
        if file.is_file()
    }


@pytest.fixture
def packets(clip):
    """Position and size in the file of the data of each frame."""
    import av

    with av.open(str(clip)) as container:
        return [(p.pos, p.size) for p in container.demux(video=0) if p.size]


def test_broken_frames_are_named_and_keep_their_place(
    label_fast, litert, clip, frames, packets, read_labels, tmp_path
):
    content = bytearray(clip.read_bytes())
    for index in (4, 7, 8):
        position, size = packets[index]
        content[position : position + size] = bytes(size)
    clip.write_bytes(content)

    status, _, err = label_fast(f"--video={clip}")

    assert status == 1
    assert err.endswith(
        f"error: {clip} has frames that cannot be decoded, which have no "
        "labels:\n  frame 4 (0.20 s)\n  frames 7 to 8 (0.47 s to 0.47 s)\n"
    )
    labels = read_labels()
    assert (labels[[4, 7, 8]] == 255).all()
    np.testing.assert_array_equal(labels[:4], litert(np.stack(frames[:4])))
    times, pictures = decoded(tmp_path / "out/clip_overlay.mp4")
    assert [time for time, _ in times] == TIMES
    # The picture before it stays, without colors.
    lost = pictures[4][:24, :36].astype(int) - frames[3]
    assert abs(lost.mean()) < 3


def test_a_file_that_is_cut_off(
    label_fast, clip, packets, read_labels, tmp_path
):
    import av

    whole = tmp_path / "whole.mp4"
    clip.rename(whole)
    # Its index comes first.
    with (
        av.open(str(whole)) as old,
        av.open(str(clip), "w", options={"movflags": "faststart"}) as new,
    ):
        stream = new.add_stream_from_template(old.streams.video[0])
        for packet in old.demux(video=0):
            if packet.size:
                packet.stream = stream
                new.mux(packet)
    content = clip.read_bytes()
    clip.write_bytes(content[: len(content) - packets[-1][1] - 99])

    status, _, err = label_fast(f"--video={clip}")

    assert status == 1
    assert "all after " in err
    assert "the file is cut off" in err
    assert 0 < len(read_labels()) < len(TIMES)


def test_what_is_no_video_is_named(
    label_fast, clip, tmp_path, write_picture, noise
):
    (tmp_path / "text.mp4").write_text("no video")
    (tmp_path / "empty.mp4").write_bytes(b"")
    (tmp_path / "cut.mp4").write_bytes(clip.read_bytes()[:-200])
    write_picture("photo.jpg", noise)
    with wave.open(str(tmp_path / "sound.wav"), "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(bytes(1000))
    (tmp_path / "list.m3u8").write_text(f"#EXTM3U\n#EXTINF:1,\n{clip}\n")
    (tmp_path / "file").write_text("")
    for name, message in (
        ("none.mp4", "There is no file {}: check the name."),
        ("", "{} is a folder: name a video file."),
        ("text.mp4", "{} cannot be read as a video"),
        ("empty.mp4", "{} cannot be read as a video"),
        ("cut.mp4", "{} cannot be read as a video"),
        ("photo.jpg", "{} cannot be read as a video"),
        ("list.m3u8", "{} cannot be read as a video"),
        ("sound.wav", "{} holds no video"),
    ):
        file = tmp_path / name
        line = error_line(label_fast(f"--video={file}"))
        assert line.startswith(message.format(file)), line
        assert not (tmp_path / "out").exists()
    output = tmp_path / "file/out"
    line = error_line(label_fast(f"--video={clip}", output_dir=output))
    assert line.startswith(f"The folder {output} cannot be made")
    line = error_line(label_fast(f"--video={clip}", "--max_megapixels=0.0001"))
    assert "frames of 36x24 pixels, more than 100: " in line
    assert "--max_megapixels=" in line


def test_a_clip_without_a_whole_frame(label_fast, clip, packets):
    content = bytearray(clip.read_bytes())
    for position, size in packets:
        content[position : position + size] = bytes(size)
    clip.write_bytes(content)
    line = error_line(label_fast(f"--video={clip}"))
    assert line.startswith(f"{clip} has no frame that can be decoded")


def test_overlays_that_cannot_be_written(label_fast, clip, tmp_path):
    file = tmp_path / "out/clip_overlay.mp4"
    file.mkdir(parents=True)
    status, _, err = label_fast(f"--video={clip}")
    assert status == 1
    assert f"error: {file} cannot be written (Is a directory)" in err
    assert not list((tmp_path / "out").rglob("*.mp4/*"))
    assert not (tmp_path / "out/clip_labels/unfinished.mp4").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a.png",), "--video labels frames only: leave out a.png, or --video"),
        (("--images=a.png",), "--video labels frames only: leave out --images"),
        (("--annotations=voc",), "--video labels frames only: leave out --an"),
        (("--camera=0",), "--video labels frames only: leave out --camera"),
    ],
)
def test_frames_alone(label_fast, clip, arguments, message):
    assert error_line(label_fast(f"--video={clip}", *arguments)).startswith(
        message
    )


def test_usage(label_fast, clip):
    line = error_line(
        label_fast(f"--video={clip}", "--temporal_smoothing=1"), 2
    )
    assert "give less than 1" in line


def test_a_model_without_probabilities_leaves_no_file(
    label, model, clip, tmp_path
):
    file = export_litert(model, tmp_path / "labels.tflite", None, 4, 2)

    status, _, err = label(
        f"--video={clip}", "--temporal_smoothing=0.5", model=file, choices=()
    )

    assert status == 1
    assert "without probabilities" in err
    assert not (tmp_path / "out").exists()
