"""Columns of SQL tables to attributes."""
