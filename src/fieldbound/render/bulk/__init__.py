"""Output formats of bulk reports: one module for each."""
