"""The examples of the documentation, found and run."""
