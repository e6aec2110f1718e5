"""SIFT Flow: 2,688 outdoor scenes, 33 classes."""
