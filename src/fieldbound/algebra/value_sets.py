"""Value sets: the JSON values that a schema accepts, as data that instances are generated from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final, TypeVar


@dataclass(frozen=True, slots=True, eq=False)
class ValueSet:
    """A set of JSON values; *node* is the canonical schema it was read from, None if changed."""

    node: Any = field(default=None, kw_only=True, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Reference(ValueSet):
    """A reference to a value set by URI, possibly recursive."""

    uri: str


#: Any JSON value. A reference, because it is recursive: its parts are any value, too.
ANYTHING: Final = Reference("")


@dataclass(frozen=True, slots=True, eq=False)
class Empty(ValueSet):
    """The empty set."""


@dataclass(frozen=True, slots=True, eq=False)
class Enumerated(ValueSet):
    """The values listed, and no other."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Strings(ValueSet):
    """Strings by length (in code points), patterns, formats and encodings."""

    min_length: int = 0
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    excluded_patterns: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    excluded_formats: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def contents(self) -> tuple[Any, ...]:
        """Return what is equal for equal sets: they may be read from several places."""
        lengths = self.min_length, self.max_length
        patterns = self.patterns, self.excluded_patterns, self.formats, self.excluded_formats
        return *lengths, *patterns, self.encodings, self.excluded

    def description(self) -> str:
        """Describe such a string in words, for messages."""
        words = [f"at least {self.min_length} characters"] if self.min_length else []
        words += [f"at most {self.max_length} characters"] if self.max_length is not None else []
        words += [f"matches {each!r}" for each in self.patterns]
        words += [f"does not match {each!r}" for each in self.excluded_patterns]
        words += [f"format {each}" for each in (*self.formats, *self.encodings)]
        return ", ".join(words)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers(ValueSet):
    """Numbers between two bounds, each inclusive, exclusive or None."""

    minimum: Fraction | None = None
    exclusive_minimum: bool = False
    maximum: Fraction | None = None
    exclusive_maximum: bool = False
    multiple_of: tuple[Fraction, ...] = ()
    not_multiple_of: tuple[Fraction, ...] = ()
    only_integers: bool = False
    no_integers: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Contains(ValueSet):
    """How many items of one value set an array contains; *max_contains* None: any number."""

    item: ValueSet
    min_contains: int = 1
    max_contains: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arrays(ValueSet):
    """Arrays by length, items and uniqueness."""

    min_items: int = 0
    max_items: int | None = None
    unique_items: bool = False
    has_duplicates: bool = False
    prefix_items: tuple[ValueSet, ...] = ()
    items: ValueSet = ANYTHING
    contains: tuple[Contains, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Objects(ValueSet):
    """Objects by size and properties: by name, by pattern of the name, and additional ones.

    *property_names* is the value set of every name, None for any. *witnesses* are properties that
    the negation of a keyword requires, each as the value sets of its name and of its value.
    """

    min_properties: int = 0
    max_properties: int | None = None
    required: tuple[str, ...] = ()
    properties: Mapping[str, ValueSet] = field(default_factory=dict)
    pattern_properties: Mapping[str, ValueSet] = field(default_factory=dict)
    additional_properties: ValueSet = ANYTHING
    property_names: ValueSet | None = None
    witnesses: tuple[tuple[ValueSet, ValueSet], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Union(ValueSet):
    """Values of any of several value sets, or of exactly one of them (`oneOf`)."""

    branches: tuple[ValueSet, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Intersection(ValueSet):
    """Values of several value sets at once that the engine could not combine into one."""

    branches: tuple[ValueSet, ...]


#: The value set that ANYTHING refers to.
EVERY_TYPE: Final = Union(
    (
        Enumerated((None, False, True)),
        Numbers(only_integers=True),
        Strings(),
        Numbers(),
        Arrays(),
        Objects(),
    )
)

_ValueSet = TypeVar("_ValueSet", bound=ValueSet)


def modified(value_set: _ValueSet, **changes: Any) -> _ValueSet:
    """Return a value set with changes, no longer tied to its canonical schema."""
    return replace(value_set, node=None, **changes)
