"""Repeats the experiments and writes the tables and figures of `results/`."""
