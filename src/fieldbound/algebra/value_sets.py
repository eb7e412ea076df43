"""The forms of a set of JSON values: what a schema takes, said so that values can be made of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, Final, TypeVar


@dataclass(frozen=True, slots=True, eq=False)
class Form:
    """A set of JSON values; *origin* is what the algebra knows it by."""

    origin: Any = field(default=None, kw_only=True, repr=False)


@dataclass(frozen=True, slots=True, eq=False)
class Reference(Form):
    """What is known by a name, and may lead back to where it is used."""

    uri: str


#: Any JSON value. Its parts are any value, too: a reference, for there is no end of them.
ANYTHING: Final = Reference("")


@dataclass(frozen=True, slots=True, eq=False)
class Nothing(Form):
    """No value at all."""


@dataclass(frozen=True, slots=True, eq=False)
class Values(Form):
    """The values listed, and no other."""

    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Texts(Form):
    """Strings of *least* to *most* code points that match what they must, and avoid some."""

    least: int = 0
    most: int | None = None
    patterns: tuple[str, ...] = ()
    avoided: tuple[str, ...] = ()
    formats: tuple[str, ...] = ()
    avoided_formats: tuple[str, ...] = ()
    encodings: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()

    def said(self) -> str:
        """Say what such a text is like."""
        said = [f"of {self.least} characters or more"] if self.least else []
        said += [f"of at most {self.most}"] if self.most is not None else []
        said += [f"that matches {each!r}" for each in self.patterns]
        said += [f"that does not match {each!r}" for each in self.avoided]
        said += [f"of the format {each}" for each in (*self.formats, *self.encodings)]
        return ", ".join(said)


@dataclass(frozen=True, slots=True, eq=False)
class Numbers(Form):
    """Numbers between two bounds, either of which may be open or itself left out."""

    least: Fraction | None = None
    above: bool = False
    most: Fraction | None = None
    below: bool = False
    multiples: tuple[Fraction, ...] = ()
    avoided: tuple[Fraction, ...] = ()
    whole: bool = False
    broken: bool = False  # never whole


@dataclass(frozen=True, slots=True, eq=False)
class Contained(Form):
    """How many items of one form an array has; *most* None: any number."""

    item: Form
    least: int = 1
    most: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Arrays(Form):
    """Arrays of *least* to *most* items: *first* in their places, then *rest*."""

    least: int = 0
    most: int | None = None
    distinct: bool = False
    repeated: bool = False
    first: tuple[Form, ...] = ()
    rest: Form = ANYTHING
    contained: tuple[Contained, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Objects(Form):
    """Objects of *least* to *most* attributes, by name, by pattern of the name, and any other.

    *names* is the form of every name, None for any. *breaches* are attributes of which at least
    one must be there, each as the form of its name and the form of its value.
    """

    least: int = 0
    most: int | None = None
    required: tuple[str, ...] = ()
    named: Mapping[str, Form] = field(default_factory=dict)
    patterned: Mapping[str, Form] = field(default_factory=dict)
    other: Form = ANYTHING
    names: Form | None = None
    breaches: tuple[tuple[Form, Form], ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Either(Form):
    """Values of any of several forms, perhaps of just one of them."""

    branches: tuple[Form, ...]


@dataclass(frozen=True, slots=True, eq=False)
class All(Form):
    """Values of several forms at once, of which the algebra could not make one."""

    branches: tuple[Form, ...]


#: What ANYTHING leads to.
EVERY_KIND: Final = Either(
    (
        Values((None, False, True)),
        Numbers(whole=True),
        Texts(),
        Numbers(),
        Arrays(),
        Objects(),
    )
)

_Form = TypeVar("_Form", bound=Form)


def varied(form: _Form, **changes: Any) -> _Form:
    """Return a form with changes, of which the algebra knows nothing."""
    return replace(form, origin=None, **changes)
