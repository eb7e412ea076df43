"""Samples to what they have in common."""
