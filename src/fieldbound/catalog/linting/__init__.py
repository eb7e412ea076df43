"""Lint of paths: contracts of one's own in, every mistake in them out."""
