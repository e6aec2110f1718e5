"""Suites of measurements, a module each, and their figures.

A suite is a module with

- `measure(...)`, which returns rows: dictionaries that are ready for JSON. Its
  keyword arguments are the flags that the suite takes, with their defaults;
- `COLUMNS`, the table of these rows: for each header, a function of a row;
- `NOTES`, the text below the table;
- `draw(rows)`, the figure.
"""
