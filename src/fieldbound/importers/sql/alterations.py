"""ALTER TABLE as dumps write it: who gives the value of a column; keys and owners limit nothing."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_NAME: Final = r"(?:\"[^\"]+\"|`[^`]+`|\[[^\]]+\]|[\w$#]+)"
_FLAGS: Final = re.IGNORECASE | re.DOTALL
_ALTER: Final = re.compile(
    rf"alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?(?:{_NAME}\.)*(?P<table>{_NAME})\s+(?P<rest>.*)",
    _FLAGS,
)
#: The column that gets a default, or an identity.
_GIVEN: Final = (
    re.compile(rf"alter\s+(?:column\s+)?(?P<name>{_NAME})\s+set\s+default\b", _FLAGS),
    re.compile(rf"alter\s+column\s+(?P<name>{_NAME})\s+add\s+generated\s+(?P<how>\w+)", _FLAGS),
    re.compile(rf"\bdefault\b.*\sfor\s+(?P<name>{_NAME})\s*", _FLAGS),
    re.compile(rf"modify\s+(?:column\s+)?(?P<name>{_NAME})\s.*\bauto_increment\b", _FLAGS),
)
_NO_LIMIT: Final = re.compile(
    r"(?:owner|enable|disable|replica|cluster|no\s+inherit|attach|set\s+(?:logged|unlogged|schema)|"
    r"(?:with\s+(?:no)?check\s+)?(?:no)?check\s+constraint)\b|"
    r".*\b(?:primary\s+key|unique|foreign\s+key|references|key|index)\b",
    _FLAGS,
)
_CHECK: Final = re.compile(r".*\bcheck\s*\(", _FLAGS)


class Alteration(NamedTuple):
    """What is altered of a *table*: the *column* that the database gives a value, "" if none.

    *reason* says why it is not read, None if it is, or if it limits nothing.
    """

    table: str
    column: str = ""
    is_computed: bool = False
    reason: str | None = None


def alteration_in(text: str) -> Alteration | None:
    """Return what a statement alters of a table, None if it is no ALTER TABLE."""
    found = _ALTER.match(text)
    if found is None:
        return None
    table, rest = _plain(found["table"]), found["rest"]
    for pattern in _GIVEN:
        if given := pattern.search(rest):
            is_always = (given.groupdict().get("how") or "").lower() == "always"
            return Alteration(table, _plain(given["name"]), is_always)
    if _CHECK.match(rest) or _NO_LIMIT.match(rest):
        return Alteration(table)
    return Alteration(table, reason="ALTER TABLE is not read")


def _plain(name: str) -> str:
    return name.strip('"`[]')
