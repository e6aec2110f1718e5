"""Extensions of MkDocs, which mkdocs.yml names."""
