"""Configuration: `[tool.fieldbound]` of pyproject.toml, or the same settings in fieldbound.toml.

    [tool.fieldbound]
    folders = ["contracts"]     # folders with contracts of your own
    recordings = ["*.har"]      # recorded traffic, checked exchange by exchange
    fail-on = "stated"          # as --fail-on
    ignore = ["*:maxLength"]    # limits that are not enforced, as --ignore
    fail-on-unused-ignores = true  # as --fail-on-unused-ignores
    baseline = "known.json"     # violations that are known, as --baseline

    [tool.fieldbound.files]     # which contract checks which files
    "payloads/create/*.json" = "oracle-cx-sales/create-product-group"

    [tool.fieldbound.apis]      # which API checks the traffic of which hosts
    "*.oraclecloud.com" = "oracle-cx-sales"

    [tool.fieldbound.severity]  # what a violation is: "error", "warning" or "off"
    "acme/*:format" = "warning"

    [tool.fieldbound.per-file-ignores]
    "payloads/old/*.json" = ["acme/create-order#/gift:enum"]

    [tool.fieldbound.overrides."acme/create-order#/gift:maxLength"]
    value = 120                 # or removed = true
    says = "observed"           # the evidence, "observed" by default
    note = "our tenant's column is shorter"
    date = 2026-11-20

The nearest folder that has either file counts, the working directory or one above it, and in it
fieldbound.toml, where the settings are at the top, without `tool.fieldbound`. The environment
variable FIELDBOUND_CONFIG names another file, or with `none` says that there is none.

Paths and globs are relative to the file's folder, with `/` as separator. In a glob, `*` and `?`
match within one name, `[…]` matches one character, `**/` matches any folders; none of them matches
a name that starts with a dot. The first glob that matches a file counts. None may leave the
project: the repository that the file is in, or its folder where it is in none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldbound._lazy import lazy

if TYPE_CHECKING:
    from .discovery import load as load, parse_settings as parse_settings
    from .errors import BrokenConfig as BrokenConfig
    from .folders import ConfiguredFolder as ConfiguredFolder
    from .globs import found_paths as found_paths
    from .in_force import Setting as Setting, settings_in_force as settings_in_force
    from .overrides import Override as Override
    from .settings import Config as Config

__getattr__, __all__ = lazy(
    __name__,
    {
        ".discovery": "load parse_settings",
        ".errors": "BrokenConfig",
        ".folders": "ConfiguredFolder",
        ".globs": "found_paths",
        ".overrides": "Override",
        ".in_force": "Setting settings_in_force",
        ".settings": "Config",
    },
)
