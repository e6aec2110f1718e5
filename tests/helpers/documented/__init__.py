"""Finds and runs the examples of the documentation."""
