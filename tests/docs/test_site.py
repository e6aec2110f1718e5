"""The documentation site: built strictly, and looked at in a browser."""

import doctest
import html.parser
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

from docs.build.chromium import serve_folder

pytestmark = [pytest.mark.extras(name="docs"), pytest.mark.slow]
ROOT = pathlib.Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium")
# What a browser fetches by itself.
FETCHED = {
    "img": "src",
    "script": "src",
    "iframe": "src",
    "source": "src",
    "link": "href",
}


class Fetched(html.parser.HTMLParser):
    """What a page has the browser fetch, and the texts of its pictures."""

    def __init__(self, page):
        super().__init__()
        self.addresses = []
        self.pictures = []
        self.feed(page.read_text())

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if address := attributes.get(FETCHED.get(tag)):
            self.addresses.append(address)
        if tag == "img":
            self.pictures.append(attributes.get("alt"))


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Folder of the site."""
    pytest.importorskip("mkdocs")
    folder = tmp_path_factory.mktemp("site")
    build = subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--strict", "-d", folder],
        cwd=ROOT,
        env=os.environ | {"NO_MKDOCS_2_WARNING": "1"},
        capture_output=True,
        text=True,
    )
    assert not build.returncode, build.stderr
    return folder


@pytest.fixture(scope="module")
def url(site):
    """Address of a server of the site."""
    with serve_folder(site) as address:
        yield address.removesuffix("/")


@pytest.fixture(scope="module")
def browser():
    """A real one."""
    playwright = pytest.importorskip("playwright.sync_api")
    if not CHROMIUM:
        pytest.skip("needs Chromium on the PATH")
    with playwright.sync_playwright() as play:
        # Root cannot have a sandbox; the pages are our own.
        yield play.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox"]
        )


def test_pages_fetch_nothing_from_elsewhere(site):
    pages = sorted(site.rglob("*.html"))
    assert len(pages) > 15
    for page in pages:
        found = Fetched(page)
        assert found.addresses
        for address in found.addresses:
            assert not re.match(r"(https?:)?//", address), (page, address)
            if page.name != "404.html" and not address.startswith("data:"):
                path = (page.parent / address.split("?")[0]).resolve()
                assert path.is_file(), (page, address)
    outside = r"(@import\s*|url\(\s*)[\"']?(https?:)?//"
    for sheet in site.rglob("*.css"):
        assert not re.search(outside, sheet.read_text()), sheet


def test_every_picture_has_a_text(site):
    texts = [
        text for page in site.rglob("*.html") for text in Fetched(page).pictures
    ]
    assert len(texts) > 15
    assert all(text and text.strip() for text in texts)


def test_files_of_the_repository_are_a_part_of_it(site):
    results = site / "repository" / "results"
    text = (results / "tables.html").read_text()
    assert "Settings of the dense recipe" in text
    assert (results / "learning_curves.png").is_file()
    text = (site / "reproduce.html").read_text()
    assert 'href="repository/results/index.html"' in text
    # The README's own links come back to the pages.
    readme = (site / "repository" / "index.html").read_text()
    assert 'href="../serving.html"' in readme


def test_docstrings_as_markdown():
    pytest.importorskip("griffe")
    from docs.build.site_pages import docstrings

    failures, tried = doctest.testmod(docstrings)
    assert (failures, tried) == (0, 2)


def test_examples_of_docstrings_are_code(site):
    text = (site / "reference" / "network.html").read_text()
    assert "receptive_field" in text
    assert "<blockquote>" not in text


def test_on_a_phone_pages_are_as_wide_as_the_screen(site, url, browser):
    page = browser.new_page(viewport={"width": 390, "height": 800})
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    for file in sorted(site.rglob("*.html")):
        page.goto(f"{url}/{file.relative_to(site).as_posix()}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 390, file
    assert len(fetched) > 50
    assert all(address.startswith((url, "data:")) for address in fetched)


def test_the_search_finds_pages(url, browser):
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(f"{url}/index.html")
    page.keyboard.press("/")
    page.keyboard.type("labelme")
    result = page.locator(".md-search-result__link").first
    result.wait_for(timeout=60_000)
    hits = page.locator(".md-search-result__link").evaluate_all(
        "links => links.map(link => link.href)"
    )
    assert any("own_photos" in hit for hit in hits)
