"""Photos that visitors give the page: kinds, limits, privacy."""

import base64
import json
import socket
import urllib.error
import urllib.request

import pytest
from PIL import Image

from tests.helpers.demo_page import UPLOAD, choose, download, upload
from tests.helpers.run_command import error_line

pytestmark = [pytest.mark.extras(name="demo"), pytest.mark.slow]


def test_a_photo_is_dropped(page, photo):
    content = base64.b64encode(photo[0].read_bytes()).decode()
    dropped = page.evaluate_handle(
        """content => {
            const bytes = Uint8Array.from(atob(content), c => c.charCodeAt(0));
            const dropped = new DataTransfer();
            const file = new File([bytes], "dropped.png", {type: "image/png"});
            dropped.items.add(file);
            return dropped;
        }""",
        content,
    )
    page.dispatch_event("#upload button", "drop", {"dataTransfer": dropped})
    page.get_by_text("dropped.png, 500x350 pixels").wait_for()


def test_files_that_are_no_photos_get_a_message(
    page, photo, broken_files, tmp_path
):
    Image.new("1", (20_000, 20_000)).save(tmp_path / "bomb.png")
    message = page.get_by_role("alert")
    for file, text in (
        (broken_files["text"], "text.png is no picture"),
        (broken_files["empty"], "empty.jpg is empty, 0 bytes"),
        (broken_files["truncated"], "cut.jpg is broken"),
        (tmp_path / "bomb.png", "bomb.png has more than 1 megapixels"),
    ):
        page.set_input_files(UPLOAD, file)
        message.filter(has_text=text).wait_for()
        # The former photo stays.
        assert page.locator(".sizes").inner_text().startswith("china.jpg")
    assert message.is_visible()
    upload(page, photo[0])
    assert not message.is_visible()


def test_the_page_and_the_server_refuse_large_files(page, tmp_path, url, photo):
    (tmp_path / "large.png").write_bytes(bytes(2**20 + 1))
    page.set_input_files(UPLOAD, tmp_path / "large.png")
    page.get_by_text("exceed the maximum allowed size of 1.0 Mb").wait_for()
    upload(page, photo[0])
    part = (
        '--x\r\nContent-Disposition: form-data; name="files"; '
        'filename="a.png"\r\n\r\n'
    )
    request = urllib.request.Request(
        f"{url}/gradio_api/upload",
        part.encode() + bytes(2**21) + b"\r\n--x--\r\n",
        {"Content-Type": "multipart/form-data; boundary=x"},
    )
    assert refusal(request)[0] == 413


def refusal(request):
    """Status and body of a request that the server refuses."""
    with pytest.raises(urllib.error.HTTPError) as error:
        urllib.request.urlopen(request)
    with error.value as answer:
        return answer.code, answer.read()


def test_photos_do_not_stay_on_disk(page, photo, uploads):
    upload(page, photo[0])
    download(page, "Overlay (PNG)")
    (folder,) = (path for path in uploads.iterdir() if path.is_dir())
    files = (path for path in folder.rglob("*") if path.is_file())
    # Gradio creates empty files for its own names.
    assert [path for path in files if path.stat().st_size] == []


def test_downloads_of_others(page, url):
    """Nobody gets a photo without its token, nor settings not on the page."""
    address = page.locator("a.file").first.get_attribute("href")
    token = address.split("/")[1]
    for other in (
        "photo/guess",
        address.replace(token, "guess"),
        address.replace("/labels", "/model"),
        address.replace("longest_side=320", "longest_side=32000"),
    ):
        status, body = refusal(f"{url}/{other}")
        assert status == 404
        assert "choose it again" in json.loads(body)["detail"]


def test_each_visitor_sees_their_own_photo(visit, photo, tmp_path, noise):
    Image.fromarray(noise).save(tmp_path / "other.png")
    one, other = visit(), visit()
    upload(one, photo[0])
    upload(other, tmp_path / "other.png")
    choose(one, "1/8", "output_resolution=8")
    assert one.locator(".sizes").inner_text().startswith("holiday.png")
    assert other.locator(".sizes").inner_text().startswith("other.png")


def test_an_address_that_is_taken(run_command):
    pytest.importorskip("gradio")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        line = error_line(run_command("demo", f"--port={port}"))
    assert line.startswith(f"127.0.0.1:{port} cannot be listened on")
