"""The command line: parse arguments, call the library once, print, return an exit code."""

from .entry_point import main, run

__all__ = ["main", "run"]
