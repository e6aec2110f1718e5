"""Drawings of docs/idea.md and changes of photos for docs/limits.md."""
