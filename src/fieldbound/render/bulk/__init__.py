"""Bulk reports in, text out: a module for each output format."""
