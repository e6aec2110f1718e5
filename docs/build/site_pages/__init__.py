"""What the documentation site adds to MkDocs; mkdocs.yml names it."""
