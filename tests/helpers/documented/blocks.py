"""Blocks of code in the documentation."""

import dataclasses
import pathlib
import re
import subprocess
import textwrap

from markdown_it import MarkdownIt

ROOT = pathlib.Path(__file__).parents[3]


@dataclasses.dataclass(frozen=True)
class Block:
    """One block, indented or fenced.

    Args:
        page: path from the root of the repository.
        line: number of its first line.
        language: language of the fence; empty for an indented block.
        text: content.
    """

    page: str
    line: int
    language: str
    text: str

    def __str__(self):
        return f"{self.page}:{self.line}\n{self.text}"


def pages():
    """README.md and docs, as paths from the root."""
    files = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
    return [file.relative_to(ROOT).as_posix() for file in files]


def blocks(page):
    """All blocks of a page in order, also in lists and quotations."""
    tokens = MarkdownIt().parse((ROOT / page).read_text())
    return [
        Block(
            page,
            token.map[0] + 1,
            token.info.strip(),
            textwrap.dedent(token.content),
        )
        for token in tokens
        if token.type in {"fence", "code_block"}
    ]


def code_spans(page):
    """The texts in backticks of a page, each on one line."""
    tokens = MarkdownIt().enable("table").parse((ROOT / page).read_text())
    return [
        " ".join(child.content.split())
        for token in tokens
        for child in token.children or ()
        if child.type == "code_inline"
    ]


def commands(text):
    """Yields the commands of a shell script, each with all of its lines."""
    lines = []
    for line in text.splitlines():
        lines.append(line)
        command = "\n".join(lines)
        if line.rstrip().endswith("\\") or not _is_whole(command):
            continue
        if not re.fullmatch(r"\s*(#.*)?", command):
            yield command
        lines = []
    if lines:
        raise ValueError("Not a whole command:\n" + "\n".join(lines))


def one_line(command):
    """A command without line breaks, repeated spaces and a comment."""
    words = command.replace("\\\n", " ").split()
    return re.sub(" #.*", "", " ".join(words))


def _is_whole(command):
    """Whether the shell accepts it as a complete command."""
    check = ["bash", "-n", "-c", command]
    run = subprocess.run(check, capture_output=True)
    # For an unfinished here-document the shell only prints a warning.
    return not (run.returncode or run.stderr)
