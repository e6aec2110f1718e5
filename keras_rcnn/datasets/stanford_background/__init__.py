"""Stanford Background: 715 outdoor scenes, eight classes."""
