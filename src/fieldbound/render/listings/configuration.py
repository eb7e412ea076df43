"""The configuration in force: one line for each setting, and for each entry of a table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from fieldbound.model import escaped, pluralize, to_json

_WIDTH: Final = 23


def configuration_text(
    origin: str, settings: Sequence[tuple[str, Any, bool]], matches: Mapping[str, int]
) -> Iterator[str]:
    """Yield where the configuration is from, and each setting as key, value, whether by default.

    *matches* is how many files each glob matches.
    """
    yield f"{'configuration':{_WIDTH}}{escaped(origin)}\n"
    for key, value, is_default in settings:
        if isinstance(value, dict) and value:
            yield f"{escaped(key)}\n"
            for name, each in value.items():
                shown = each if isinstance(each, str) else to_json(each)
                yield escaped(f"  {name} = {shown}{_matched(name, matches)}") + "\n"
            continue
        listed = [value] if isinstance(value, (str, bool)) else value or ["none"]
        texts = [each if isinstance(each, str) else to_json(each) for each in listed]
        shown = ", ".join(f"{each}{_matched(each, matches)}" for each in texts)
        note = " (default)" if is_default else ""
        yield escaped(f"{key:{_WIDTH}}{shown}{note}") + "\n"


def _matched(glob: str, matches: Mapping[str, int]) -> str:
    if glob not in matches:
        return ""
    return f" ({pluralize(matches[glob], 'file') if matches[glob] else 'no file'})"
