"""Drawings of docs/idea.md."""
