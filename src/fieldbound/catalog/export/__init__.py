"""Schemas for other tools: those of contracts as one plain document, those of what users write."""
