"""Labeling many photos from the command line."""
