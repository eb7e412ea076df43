"""What the values of samples have in common: types, presence, formats, few repeated texts.

A limit made of samples is a guess at what is usual: it says `observed`, and is made only where
enough values agree. What no sample has is refused by none.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from fieldbound.model import json_type

#: Objects that must all have a property before it is required.
MIN_PRESENT: Final = 5
#: Texts that must all have a format before that is a limit.
MIN_FORMATTED: Final = 5
#: Texts there must be before their few values are a list of choices, and how often each occurs.
MIN_CHOSEN: Final = 20
MIN_REPEATED: Final = 3
MAX_CHOICES: Final = 12
#: A longer text, or one of several lines, is prose: never a choice.
MAX_CHOICE_LENGTH: Final = 40
#: Objects with more names than this are maps: the names are data.
MAX_NAMES: Final = 200
#: Texts that are remembered of one field; more are no list of choices.
_MAX_REMEMBERED: Final = 200

_FORMATS: Final = {
    "date-time": re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)"),
    "date": re.compile(r"\d{4}-\d\d-\d\d"),
    "uuid": re.compile(r"[0-9a-fA-F]{8}-([0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}"),
    "email": re.compile(r"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}"),
    "uri": re.compile(r"https?://[A-Za-z0-9.-]+(:\d+)?(/[A-Za-z0-9._~:/?#@!$&'()*+,;=%-]*)?"),
}
#: Formats whose texts are about persons or are keys: they are never written.
_PRIVATE_FORMATS: Final = frozenset(("uuid", "email", "uri"))
#: Words in the name of a field whose texts are never written.
_SENSITIVE: Final = re.compile(
    r"pass|secret|token|api.?key|auth|credential|cookie|session|signature|private|card|cvv|cvc|"
    r"iban|account.?n|ssn|tax|social|birth|mail|phone|mobile|fax|name|street|address|city|zip|"
    r"postal|user|login|person|contact|pin$|^ip|latitude|longitude|hash|salt|nonce|licen[cs]e|"
    r"passport",
    re.IGNORECASE,
)
#: A number, or a long word of letters and digits: an id or a token.
_KEY: Final = re.compile(
    r"\d+|(?=.*\d)[A-Za-z0-9_.=+/-]{16,}|[A-Za-z0-9+/=]{32,}|.*@.*|.{65,}", re.DOTALL
)
#: What a text of a list of choices looks like: a word, or a few, and no key or number.
_CHOICE: Final = re.compile(r"[A-Za-z][A-Za-z_ -]*[0-9]?")


@dataclass
class Observed:
    """What was seen at one place of the samples."""

    types: Counter[str] = field(default_factory=Counter)
    properties: dict[str, Observed] = field(default_factory=dict)
    items: Observed | None = None
    texts: Counter[str] = field(default_factory=Counter)
    has_more_texts: bool = False
    longest: int = 0
    formats: set[str] = field(default_factory=lambda: {*_FORMATS})

    def add(self, value: Any) -> None:
        """Add a value."""
        kind = "number" if isinstance(value, float) else json_type(value)  # 1.0 may be 1.5 next
        self.types[kind] += 1
        if isinstance(value, dict):
            for name, each in value.items():
                self.properties.setdefault(name, Observed()).add(each)
        elif isinstance(value, list):
            self.items = self.items or Observed()
            for each in value:
                self.items.add(each)
        elif isinstance(value, str):
            self._add_text(value)

    def _add_text(self, text: str) -> None:
        self.longest = max(self.longest, len(text))
        self.formats = {name for name in self.formats if _has_format(name, text)}
        if text in self.texts or len(self.texts) < _MAX_REMEMBERED:
            self.texts[text] += 1
        else:
            self.has_more_texts = True

    @property
    def count(self) -> int:
        """How many values there were, null among them."""
        return self.types.total()


def observed(values: Iterable[Any]) -> Observed:
    """Return what some values have in common."""
    found = Observed()
    for each in values:
        found.add(each)
    return found


def schema_of(seen: Observed, name: str = "") -> dict[str, Any]:
    """Return the schema of what was seen of a field of that name."""
    kinds = sorted(_json_types(seen.types))
    if not {*kinds} - {"null"}:  # what null stands for is not known
        return {}
    schema: dict[str, Any] = {"type": kinds[0] if len(kinds) == 1 else kinds}
    if seen.types["string"]:
        schema.update(_text_schema(seen, name, is_text=set(kinds) <= {"string", "null"}))
    if seen.items is not None and (items := schema_of(seen.items, name)):
        schema["items"] = items
    if seen.properties and not is_map(seen):
        schema["properties"] = {
            each: schema_of(inner, each) for each, inner in sorted(seen.properties.items())
        }
        if required := required_of(seen):
            schema["required"] = required
    return schema


def required_of(seen: Observed) -> list[str]:
    """Return the properties that all of enough objects have."""
    count = seen.types["object"]
    if count < MIN_PRESENT or is_map(seen):
        return []
    return sorted(name for name, each in seen.properties.items() if each.count == count)


def is_map(seen: Observed) -> bool:
    """Return whether the names of an object's properties are data: keys of a map."""
    return len(seen.properties) > MAX_NAMES or any(map(is_data, seen.properties))


def longest_note(seen: Observed) -> str | None:
    """Return the longest text that was seen, as a note: it is no limit."""
    return f"The longest seen has {seen.longest} characters." if seen.longest else None


def _json_types(types: Mapping[str, int]) -> set[str]:
    """Return the types: an integer is a number, and where there are both, all are numbers."""
    kinds = {name for name, count in types.items() if count}
    return kinds - {"integer"} if "number" in kinds else kinds


def _text_schema(seen: Observed, name: str, *, is_text: bool) -> dict[str, Any]:
    count = seen.types["string"]
    if count >= MIN_FORMATTED and len(seen.formats) == 1:
        return {"format": next(iter(seen.formats))}
    if is_text and (choices := _choices(seen, name)):
        return {"enum": [*choices, None] if seen.types["null"] else choices}
    return {}


def _choices(seen: Observed, name: str) -> list[str]:
    """Return the few texts that are repeated, none where they may be open or private."""
    is_closed = (
        not seen.has_more_texts
        and seen.types["string"] >= MIN_CHOSEN
        and 1 < len(seen.texts) <= MAX_CHOICES
        and min(seen.texts.values(), default=0) >= MIN_REPEATED
    )
    if not is_closed or is_sensitive_name(name) or seen.formats & _PRIVATE_FORMATS:
        return []
    return sorted(seen.texts) if all(map(_is_choice, seen.texts)) else []


def is_sensitive_name(name: str) -> bool:
    """Return whether the texts of a field are never written."""
    return _SENSITIVE.search(name) is not None


def _is_choice(text: str) -> bool:
    return len(text) <= MAX_CHOICE_LENGTH and _CHOICE.fullmatch(text) is not None


def is_data(name: str) -> bool:
    """Return whether a name is a key of a map or an id, and none that a vendor gave."""
    return _KEY.fullmatch(name) is not None or any(
        each.fullmatch(name) for each in _FORMATS.values()
    )


def _has_format(name: str, text: str) -> bool:
    if _FORMATS[name].fullmatch(text) is None:
        return False
    if name in ("date", "date-time"):
        from datetime import date

        try:
            date.fromisoformat(text[:10])
        except ValueError:
            return False
    return True
