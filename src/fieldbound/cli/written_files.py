"""The files that a run writes: none of them may be one that it reads."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from .selection import STDIN

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from fieldbound.config import Config

    from .selection import Selected

_OPTIONS: Final = ("output", "valid_out", "invalid_out", "write_baseline")
_CONFIGURATIONS: Final = ("pyproject.toml", "fieldbound.toml")


def overwritten(
    args: argparse.Namespace,
    files: Sequence[Selected],
    config: Config,
    folders: Sequence[str | os.PathLike[str]],
) -> str | None:
    """Return which option names a file that the run reads; None if there is none.

    These are the files to check, those of contracts and their sources, and the configuration. A
    device or a pipe is not overwritten.
    """
    paths = {*args.files, *(file.path for file in files)} - {STDIN}
    apis = [each.rpartition("=")[2] for each in (*args.api, *config.apis)]
    names = [*filter(None, (args.contract, *(file.contract for file in files))), *apis]
    for option in _OPTIONS:
        target = getattr(args, option)
        if target in (None, STDIN) or not os.path.isfile(target):  # noqa: PTH113 - pathlib is slow to import
            continue
        from fieldbound.catalog import is_contract_file
        from fieldbound.documents import is_same_file

        what = None
        if any(is_same_file(target, path) for path in paths):
            what = "an input file"
        elif config.file is not None and is_same_file(target, config.file):
            what = "the configuration"
        elif os.path.basename(os.path.realpath(target)) in _CONFIGURATIONS:  # noqa: PTH119
            what = "the configuration of a project"
        elif is_contract_file(target, names, folders):
            what = "a file of a contract"
        if what is not None:
            return f"--{option.replace('_', '-')} {target} is {what} and would be overwritten"
    return None
