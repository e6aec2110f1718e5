"""How good labels are, and where they fail."""
