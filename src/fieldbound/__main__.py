"""`python -m fieldbound` is the command `fieldbound`."""

from .cli import run

raise SystemExit(run())
