"""The command `label` on a camera, with a source of FFmpeg in its place."""

import io
import re
import threading
import urllib.error
import urllib.request

import numpy as np
import pytest
from PIL import Image

from keras_rcnn.cli.video.camera_page import serve_pictures, tinted
from keras_rcnn.errors import InputError
from keras_rcnn.io.camera import open_camera
from keras_rcnn.reports import overlay
from tests.cli.conftest import PALETTE
from tests.helpers.run_command import error_line

pytestmark = pytest.mark.extras(name="video")
NUM_PICTURES = 5
# A still picture, 50 times a second.
SOURCE = "color=0x4060a0:size=64x48:rate=50,realtime"


def test_the_newest_pictures_are_shown_labeled(labeler):
    with open_camera("lavfi", SOURCE) as pictures:
        seen = [next(pictures) for _ in range(3)]
        for photo, shown in zip(seen, tinted(labeler, seen, 32), strict=True):
            small = np.asarray(Image.fromarray(photo).resize((32, 24)))
            labels = labeler(small).repeat(2, axis=0).repeat(2, axis=1)
            np.testing.assert_array_equal(
                shown[:, :64], overlay(photo, labels, PALETTE)
            )
            # The legend is beside it.
            assert shown.shape[1] > 64


def test_a_camera_that_is_gone():
    with (
        open_camera("lavfi", "color=size=8x8,trim=end_frame=2") as pictures,
        pytest.raises(InputError, match="gives no more pictures: connect it"),
    ):
        list(pictures)


def test_the_page_answers_this_machine_alone(capfd):
    picture = np.full((48, 64, 3), (10, 200, 90), np.uint8)
    done = threading.Event()

    def pictures():
        while not done.wait(0.01):
            yield picture

    server = threading.Thread(target=serve_pictures, args=(pictures(), 0))
    server.start()
    try:
        out = ""
        while "\n" not in out:
            out += capfd.readouterr().out
        url = re.fullmatch(r"Ready: (http://127\.0\.0\.1:\d+)\n", out)[1]
        with urllib.request.urlopen(url) as page:
            assert b'<img src="/pictures"' in page.read()
        for _ in range(2):
            with urllib.request.urlopen(f"{url}/pictures") as stream:
                assert stream.readline() == b"--picture\r\n"
                while (line := stream.readline()) != b"\r\n":
                    name, value = line.decode().split(": ")
                    if name == "Content-Length":
                        size = int(value)
                shown = Image.open(io.BytesIO(stream.read(size)))
            np.testing.assert_allclose(shown, picture, atol=4)
        for path, headers, status in (
            ("/other", {}, 404),
            ("/pictures", {"Host": "elsewhere.example"}, 403),
            ("/pictures", {"Sec-Fetch-Site": "cross-site"}, 403),
        ):
            request = urllib.request.Request(f"{url}{path}", headers=headers)
            with pytest.raises(urllib.error.HTTPError) as error:
                urllib.request.urlopen(request)
            assert error.value.code == status
            error.value.close()
    finally:
        done.set()
        server.join(timeout=30)
    assert not server.is_alive()


def test_a_machine_without_that_camera(run_command, model_dir):
    line = error_line(
        run_command("label", f"--model={model_dir}", "--camera=63")
    )
    assert re.match(
        r"The camera /dev/video63 cannot be opened \(.+\): connect one, close "
        r"the program that uses it, or give another number as --camera=\.\n$",
        line,
    )
    line = error_line(
        run_command("label", f"--model={model_dir}", "--camera=0", "a.png")
    )
    assert line.startswith("--camera labels frames only: leave out a.png")
