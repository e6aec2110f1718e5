"""Names and colors of classes, in files beside a raster of labels."""

import pathlib
from collections.abc import Sequence
from xml.etree import ElementTree as xml

from keras_rcnn.io.files import write_file

_DOCTYPE = b"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
# Name, GDALRATFieldType (0 integer, 2 string) and GDALRATFieldUsage of each
# column: value, number of pixels, name, red, green, blue.
_COLUMNS = (
    ("Value", 0, 5),
    ("Count", 0, 1),
    ("Class", 2, 2),
    ("Red", 0, 6),
    ("Green", 0, 7),
    ("Blue", 0, 8),
)


def write_attribute_table(
    raster: pathlib.Path,
    class_names: Sequence[str],
    palette: Sequence[Sequence[int]],
    counts: Sequence[int],
) -> None:
    """Writes RASTER.aux.xml, where GDAL and programs that use it look.

    It holds the names of the categories and a raster attribute table.

    Args:
        raster: file of the labels.
        class_names: one for each label.
        palette: red, green and blue of each class.
        counts: number of pixels of each class.

    Raises:
        InputError: if the file cannot be written.
    """
    root = xml.Element("PAMDataset")
    band = xml.SubElement(root, "PAMRasterBand", band="1")
    names = xml.SubElement(band, "CategoryNames")
    for name in class_names:
        xml.SubElement(names, "Category").text = name
    table = xml.SubElement(
        band, "GDALRasterAttributeTable", tableType="thematic"
    )
    for index, (title, kind, usage) in enumerate(_COLUMNS):
        column = xml.SubElement(table, "FieldDefn", index=str(index))
        xml.SubElement(column, "Name").text = title
        xml.SubElement(column, "Type").text = str(kind)
        xml.SubElement(column, "Usage").text = str(usage)
    rows = zip(counts, class_names, palette, strict=True)
    for index, (count, name, color) in enumerate(rows):
        row = xml.SubElement(table, "Row", index=str(index))
        for value in (index, int(count), name, *map(int, color)):
            xml.SubElement(row, "F").text = str(value)
    _write(raster.with_name(f"{raster.name}.aux.xml"), root)


def write_style(
    raster: pathlib.Path,
    class_names: Sequence[str],
    palette: Sequence[Sequence[int]],
) -> None:
    """Writes RASTER with the suffix `.qml`, the default style in QGIS.

    Args:
        raster: file of the labels.
        class_names: one for each label.
        palette: red, green and blue of each class.

    Raises:
        InputError: if the file cannot be written.
    """
    root = xml.Element("qgis", version="3.28", styleCategories="Symbology")
    pipe = xml.SubElement(root, "pipe")
    renderer = xml.SubElement(
        pipe,
        "rasterrenderer",
        type="paletted",
        band="1",
        opacity="1",
        alphaBand="-1",
        nodataColor="",
    )
    entries = xml.SubElement(renderer, "colorPalette")
    for index, (name, color) in enumerate(
        zip(class_names, palette, strict=True)
    ):
        xml.SubElement(
            entries,
            "paletteEntry",
            value=str(index),
            color=f"#{bytes(map(int, color)).hex()}",
            alpha="255",
            label=name,
        )
    xml.SubElement(root, "blendMode").text = "0"
    _write(raster.with_suffix(".qml"), root, _DOCTYPE)


def _write(path: pathlib.Path, root: xml.Element, head: bytes = b"") -> None:
    xml.indent(root)
    content = xml.tostring(root, encoding="utf-8")
    write_file(path, head + content + b"\n")
