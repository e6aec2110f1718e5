"""Names and colors of the classes, as exported models carry them."""

from collections.abc import Sequence

CLASSES_FILE = "classes.txt"
Palette = Sequence[Sequence[int]]


def classes_text(class_names: Sequence[str], palette: Palette) -> str:
    r"""A line for each class: name and color.

    >>> classes_text(["sky", "wet road"], [(0, 128, 255), (16, 17, 18)])
    'sky #0080ff\nwet road #101112\n'
    """
    return "".join(
        f"{name} #{bytes(color).hex()}\n"
        for name, color in zip(class_names, palette, strict=True)
    )


def read_classes(
    text: str,
) -> tuple[tuple[str, ...], tuple[tuple[int, ...], ...]]:
    r"""Names and colors from what `classes_text` wrote.

    Raises:
        ValueError: if a line is none of those.

    >>> read_classes("sky #0080ff\nwet road #101112\n")
    (('sky', 'wet road'), ((0, 128, 255), (16, 17, 18)))
    """
    names, palette = [], []
    for line in text.splitlines():
        name, _, color = line.rpartition(" #")
        red, green, blue = bytes.fromhex(color)
        names.append(name)
        palette.append((red, green, blue))
    return tuple(names), tuple(palette)
