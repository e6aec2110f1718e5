"""Estimates a corpus or a training run on many machines."""
