"""Parquet tables."""

import io
import itertools
from collections.abc import Iterable

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq

from keras_rcnn.corpus import stored_files

_ROWS_AT_A_TIME = 10_000


class WriteTable(beam.DoFn):
    """Writes rows, sorted by path, to a file that does not hold them yet.

    Args:
        schema: columns; one is `path`.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema

    def process(self, file: str, rows: Iterable[dict[str, object]]) -> None:
        """Writes the file.

        Args:
            file: file to write or replace.
            rows: all rows, as dictionaries of values by column.
        """
        remaining = iter(rows)
        parts = [self.schema.empty_table()]
        while chunk := list(itertools.islice(remaining, _ROWS_AT_A_TIME)):
            parts.append(pa.Table.from_pylist(chunk, self.schema))
        table = pa.concat_tables(parts).sort_by("path").combine_chunks()
        content = io.BytesIO()
        pq.write_table(table, content)
        if content.getvalue() != _existing(file):
            stored_files.write(file, content.getvalue())


def _existing(file: str) -> bytes | None:
    return stored_files.read(file) if stored_files.find(file) else None
