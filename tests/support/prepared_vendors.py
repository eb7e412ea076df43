"""What is prepared of the vendors, as a wheel has it: in a folder with their files."""

from __future__ import annotations

import os
import shutil
from contextlib import suppress
from pathlib import Path

import pytest

from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.catalog.vendors.prepared import FOLDER
from fieldbound.catalog.vendors.preparing import prepare


def prepared_vendors(factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the files of the vendors, with what is prepared of them beside.

    It is made once in a run, for all its workers, and is not to be changed.
    """
    base = factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "prepared"
    if not shared.exists():
        folder = factory.mktemp("wheel")
        shutil.copytree(bundled_folder(), folder / bundled_folder().name)
        (folder / FOLDER).mkdir()
        prepare(folder / FOLDER)
        with suppress(OSError):  # another worker has made it meanwhile
            folder.rename(shared)
    return shared / bundled_folder().name
