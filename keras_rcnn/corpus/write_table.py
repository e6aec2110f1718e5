"""A Parquet table in one file."""

import io
import itertools
from collections.abc import Iterable

import apache_beam as beam
import pyarrow as pa
import pyarrow.parquet as pq

from keras_rcnn.corpus import stored_files

_ROWS_AT_A_TIME = 10_000


class WriteTable(beam.DoFn):
    """Rows to a file in the order of their paths, unless it holds them.

    Args:
        schema: columns, `path` among them.
    """

    def __init__(self, schema: pa.Schema) -> None:
        self.schema = schema

    def process(self, file: str, rows: Iterable[dict[str, object]]) -> None:
        """Writes the file.

        Args:
            file: to write or replace.
            rows: all rows, values by column.
        """
        remaining = iter(rows)
        parts = [self.schema.empty_table()]
        while chunk := list(itertools.islice(remaining, _ROWS_AT_A_TIME)):
            parts.append(pa.Table.from_pylist(chunk, self.schema))
        table = pa.concat_tables(parts).sort_by("path").combine_chunks()
        content = io.BytesIO()
        pq.write_table(table, content)
        if content.getvalue() != _there(file):
            stored_files.write(file, content.getvalue())


def _there(file: str) -> bytes | None:
    return stored_files.read(file) if stored_files.find(file) else None
