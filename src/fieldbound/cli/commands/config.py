"""`fieldbound config`: show the configuration that is in force, and where it is from."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from fieldbound.cli.console import write_stdout
from fieldbound.cli.names import add_listing_format

if TYPE_CHECKING:
    import argparse

    from fieldbound.cli.console import Console

DESCRIPTION: Final = """\
Show the configuration that is in force: the file it is from, each setting with
its value, and how many files each glob matches.
"""
EXAMPLE: Final = "example: fieldbound config"
#: No --folder is added.
USES_CONTRACTS: Final = False
_VARIABLE: Final = "FIELDBOUND_CONFIG"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the arguments and options of the command."""
    add_listing_format(parser, "text")


def run(args: argparse.Namespace, _console: Console) -> int:
    """Show the configuration."""
    from fieldbound.config import load, settings_in_force
    from fieldbound.render import ascii_json, configuration_text

    config = load()
    settings = settings_in_force(config)
    matches = config.matches()
    if args.format == "json":
        found = {
            "file": config.file,
            "variable": os.environ.get(_VARIABLE),
            "settings": {each.key: each.value for each in settings},
            "defaults": [each.key for each in settings if each.is_default],
            "matches": matches,
        }
        write_stdout(ascii_json(found))
        return 0
    variable = os.environ.get(_VARIABLE)
    origin = config.file or "none: all settings have their defaults"
    if variable:
        origin += f" (by {_VARIABLE}={variable})"
    for line in configuration_text(origin, settings, matches):
        write_stdout(line)
    return 0
