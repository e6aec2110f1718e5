"""The suites of `tools/benchmark.py`, a module each, and what they share.

A suite is a module with

- `measure(...)`, whose keyword arguments are the flags that it takes and
  their defaults, and which gives its results as rows, dicts ready for JSON;
- `COLUMNS`, the table of these rows: header to function of a row;
- `draw(rows)`, the figure of them.
"""
