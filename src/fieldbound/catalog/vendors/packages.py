"""The folders of contracts that installed packages offer, by their entry points."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

GROUP: Final = "fieldbound.contracts"
#: How the folders of what is known of installed packages end.
_INFOS: Final = (".dist-info", ".egg-info")
#: Where packages are looked for by other means than the folders of `sys.path`.
_FINDER: Final = "find_distributions"


def package_folders() -> Iterator[Path]:
    """Yield the contracts folders of installed packages, by their entry points."""
    if not _may_have_any():
        return
    from importlib.metadata import entry_points
    from importlib.util import find_spec
    from pathlib import Path

    from fieldbound.model import BrokenContract

    for point in entry_points(group=GROUP):
        try:  # finding a subpackage imports its parent, which may raise anything
            spec = find_spec(point.module)
        except (Exception, SystemExit):  # noqa: BLE001
            spec = None
        locations = list(spec.submodule_search_locations or ()) if spec else []
        if not locations:
            raise BrokenContract(
                f"the entry point {point.name!r} of group {GROUP} names {point.value!r}, "
                "which is not an installed package"
            )
        yield Path(locations[0])


def _may_have_any() -> bool:
    """Return whether a package may offer contracts.

    Where none does, which is the rule, this takes a twentieth of what it takes to ask for entry
    points: their group has to stand in a file.
    """
    others = (each for each in sys.meta_path if hasattr(each, _FINDER))
    if any(getattr(each, "__name__", "") != "PathFinder" for each in others):
        return True
    return any(map(_may_offer, dict.fromkeys(sys.path)))


def _may_offer(folder: str) -> bool:
    """Return whether an entry of `sys.path` may have a package that offers contracts."""
    try:
        names = os.listdir(folder or ".")  # noqa: PTH208 - pathlib is slow to import
    except FileNotFoundError:
        return False
    except OSError:
        return True  # such as an archive
    if folder.lower().endswith(".egg"):
        return True
    return any(
        _has_group(os.path.join(folder, name, "entry_points.txt"))  # noqa: PTH118
        for name in names
        if name.lower().endswith(_INFOS)
    )


def _has_group(path: str) -> bool:
    try:
        with open(path, "rb") as file:  # noqa: PTH123
            return GROUP.encode() in file.read()
    except FileNotFoundError:
        return False
    except OSError:
        return True
