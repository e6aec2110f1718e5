"""A hook of MkDocs: links from pages to files of the repository.

A page in `docs` may link to any file of the repository, `../results/README.md`
for example. That file, and the files that it links to, become part of the site:
text as a page below `repository`, other files as they are.
"""

import pathlib
import posixpath
import re

from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from mkdocs.structure.pages import Page

FOLDER = "repository/"
DOCS = "docs/"
# Suffixes of files that become pages, with the language of their code.
LANGUAGES = {
    "": "text",
    ".bib": "text",
    ".cff": "yaml",
    ".json": "json",
    ".py": "python",
    ".txt": "text",
}
_LINK = re.compile(r"(?<=\]\()(?P<target>[^)#\s]+)(?=[)#])")


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Adds the files outside of `docs` that pages link to."""
    root = pathlib.Path(config.config_file_path).parent
    pages = [file.src_uri for file in files.documentation_pages()]
    while pages:
        page = pages.pop()
        source = root / repository_path(page)
        for path in linked_files(root, page, source.read_text()):
            address = site_address(path)
            if address in files.src_uris:
                continue
            files.append(_new_file(config, root, path, address))
            if path.endswith(".md"):
                pages.append(address)
    return files


def on_page_markdown(
    markdown: str, page: Page, config: MkDocsConfig, files: Files
) -> str:
    """Changes the links of a page to the addresses on the site."""
    root = pathlib.Path(config.config_file_path).parent
    address = page.file.src_uri

    def turn(match: re.Match[str]) -> str:
        path = _find(root, address, match["target"])
        if path is None:
            return match["target"]
        folder = posixpath.dirname(address) or "."
        return posixpath.relpath(site_address(path), folder)

    return _LINK.sub(turn, markdown)


def linked_files(root: pathlib.Path, page: str, text: str) -> list[str]:
    """Files that a page links to, as paths from the root of the repository.

    Args:
        root: folder of the repository.
        page: source address of the page in MkDocs.
        text: the page.
    """
    found = (_find(root, page, m["target"]) for m in _LINK.finditer(text))
    return [path for path in found if path is not None]


def repository_path(address: str) -> str:
    """Path in the repository of a page or file of the site."""
    if address.startswith(FOLDER):
        return address.removeprefix(FOLDER)
    return DOCS + address


def site_address(path: str) -> str:
    """Address on the site of a file of the repository."""
    if path.startswith(DOCS):
        return path.removeprefix(DOCS)
    shown = pathlib.PurePath(path).suffix in LANGUAGES
    return FOLDER + path + (".md" if shown else "")


def _find(root: pathlib.Path, page: str, target: str) -> str | None:
    folder = posixpath.dirname(repository_path(page))
    path = posixpath.normpath(posixpath.join(folder, target))
    inside = not path.startswith("..") and (root / path).is_file()
    return path if inside else None


def _new_file(
    config: MkDocsConfig, root: pathlib.Path, path: str, address: str
) -> File:
    if address == FOLDER + path:
        source = str(root / path)
        return File.generated(config, address, abs_src_path=source)
    language = LANGUAGES[pathlib.PurePath(path).suffix]
    text = (root / path).read_text()
    content = f"# {path}\n\n~~~~~~{language}\n{text}\n~~~~~~\n"
    return File.generated(config, address, content=content)
