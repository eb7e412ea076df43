"""The build hook of the wheel: with the files of the vendors goes what is prepared of them.

A checkout and an editable install have none of it: they read these files, which may change.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

#: The packages that are needed to read contracts.
_NEEDED: Final = ("jiter", "jsonschema-rs")


class PreparedVendors(BuildHookInterface):  # type: ignore[type-arg, misc]
    """Adds what is prepared of the vendors to the wheel."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the hook needs, in the versions that the project does."""
        given: list[str] = self.metadata.core.dependencies
        return [each for each in given if re.split(r"[^\w.-]", each)[0] in _NEEDED]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Prepare the vendors in a folder, and include that."""
        if version == "editable":
            return
        sys.path.insert(0, str(Path(self.root) / "src"))
        from fieldbound.catalog.vendors.preparing import prepare

        self._folder = tempfile.mkdtemp()
        prepare(Path(self._folder))
        build_data["force_include"][self._folder] = "fieldbound/prepared"

    def finalize(self, version: str, _build_data: dict[str, Any], _artifact: str) -> None:
        """Remove the folder."""
        if version != "editable":
            shutil.rmtree(self._folder)
