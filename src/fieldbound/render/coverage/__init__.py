"""Output formats of limit coverage: one module for each."""
