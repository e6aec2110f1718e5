"""Tables in Markdown."""

from collections.abc import Iterable, Sequence


def markdown_table(
    header: Sequence[str], lines: Iterable[Sequence[str]]
) -> str:
    """A table in Markdown, one line a row, the header first."""
    cells = [header, ["---"] * len(header), *lines]
    return "".join(f"| {' | '.join(line)} |\n" for line in cells)
