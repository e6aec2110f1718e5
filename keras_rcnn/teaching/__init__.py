"""Teaching by painting: strokes on photos, learned in rounds."""
