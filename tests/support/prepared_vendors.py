"""What is prepared of the vendors, as a wheel has it: in a folder with their files."""

from __future__ import annotations

import shutil
from pathlib import Path

from fieldbound.catalog.bundled_folder import bundled_folder
from fieldbound.catalog.vendors.prepared import FOLDER
from fieldbound.catalog.vendors.preparing import prepare


def prepared_vendors(folder: Path) -> Path:
    """Copy the files of the vendors to a folder, prepare them beside, and return where they are."""
    copied = folder / bundled_folder().name
    shutil.copytree(bundled_folder(), copied)
    (folder / FOLDER).mkdir()
    prepare(folder / FOLDER)
    return copied
