"""A limit and the form of what it is on go in, the mistakes people make with it come out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from math import inf
from random import Random
from typing import Any, Final, NamedTuple

from fieldbound.algebra import (
    Arrays,
    Chance,
    Contained,
    Either,
    Form,
    Nothing,
    Numbers,
    Objects,
    Texts,
    Values,
    plain,
    varied,
)
from fieldbound.model import Limit, tokens_of

from .bounds import Anatomy
from .generator import Making, Route
from .objects_and_arrays import ABSENT


class Wrong(NamedTuple):
    """A mistake: a value, or what makes one, at the end of a route from what the limit is on."""

    route: Route
    value: Any


#: How people write what a vendor writes otherwise.
_WORDS: Final[dict[str, tuple[Any, ...]]] = {
    "y": ("Yes", "yes", True),
    "n": ("No", "no", False),
    "true": (True, "True", "TRUE", "1", "Y"),
    "false": (False, "False", "FALSE", "0", "N"),
}
_WIDE: Final = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}
#: A value of each type, as it comes about: nothing, a flag, a number that is none, and the like.
_OF_TYPES: Final[tuple[Any, ...]] = (
    None,
    True,
    False,
    "",
    "0",
    "Y",
    "true",
    0,
    1,
    -1,
    1.5,
    [],
    ["0"],
    {},
    {"0": "0"},
)
_ANY: Final[tuple[Any, ...]] = ("0", True, 0, None, "1970-01-01T00:00:00+00:00", [], {}, [{}])
_FORMATS: Final[dict[str, tuple[str, ...]]] = {
    "date-time": (
        "1970-01-01T00:00:00",
        "1970-01-01",
        "1970-01-01 00:00:00Z",
        "19700101T000000Z",
        "1970-01-01T00:00:00+0000",
        "1970-13-01T00:00:00Z",
        "1970-02-30T00:00:00Z",
        "01/31/1970",
        "1970-01-01T24:00:00Z",
    ),
    "date": ("1970-01-01T00:00:00Z", "1970-1-1", "19700101", "1970-02-30", "31.01.1970"),
    "time": ("00:00", "24:00:00Z", "00:00:00", "12:00 PM"),
    "duration": ("1D", "P", "P1H", "PT", "1 day"),
    "email": ("a", "a@", "@example.com", "a b@example.com", "a@b@c"),
    "hostname": ("-a.example.com", "a_b", "a b", "https://example.com"),
    "ipv4": ("1.2.3", "256.0.0.1", "01.2.3.4", "1.2.3.4/24"),
    "ipv6": ("1.2.3.4", ":::", "12345::", "::1%eth0"),
    "uri": ("example.com/a", "/a", "https://example.com/a b", "//example.com"),
    "uri-reference": ("https://example.com/a b", "\\\\a", "a b"),
    "uuid": ("2eb8aa08aa9811eab4aa73b441d16380", "2eb8aa08-aa98-11ea-b4aa-73b441d1638"),
    "json-pointer": ("a", "/~", "#/a"),
    "relative-json-pointer": ("/a", "-1", "01"),
    "regex": ("(", "[", "a**"),
    "uri-template": ("{", "{a", "a}"),
}
_FORMATS_LIKE: Final = {
    "idn-email": "email",
    "idn-hostname": "hostname",
    "iri": "uri",
    "iri-reference": "uri-reference",
}
_FEW: Final = 12
_FRESH: Final = 6
_SEEDS: Final = 12
#: Limits that demand a name: they are on the object, not on the value at their pointer.
OF_NAMES: Final = frozenset(("required", "dependentRequired", "dependencies"))

_Ways = Callable[["_Slot"], Iterable[Any]]


class _Slot(NamedTuple):
    """What a limit is on."""

    limit: Limit
    form: Form
    anatomy: Anatomy
    making: Making

    def parts(self, kind: type[Any]) -> list[Any]:
        """Return the forms of one kind that values may be of."""
        found, stack = [], [self.form]
        while stack:
            form = self.anatomy.resolved(stack.pop())
            if isinstance(form, kind):
                found.append(form)
            elif isinstance(form, Either):
                stack += form.branches
        return found

    def values(self, few: int = _FEW) -> list[Any]:
        """Return values that are right."""
        if self.anatomy.height(self.form) == inf:
            return []
        return self.making.known(self.form)[:few]

    def texts(self) -> list[str]:
        """Return texts that are right, the shorter ones first."""
        found = [text for part in self.parts(Texts) for text in self.anatomy.spelling(part).edges]
        found += [each for part in self.parts(Values) for each in part.values]
        return sorted(
            {each for each in found if isinstance(each, str)}, key=lambda each: (len(each), each)
        )


def wrong(limit: Limit, form: Form, anatomy: Anatomy, making: Making) -> Iterator[Wrong]:
    """Yield mistakes that break a limit, the likeliest first; each is yet to be checked.

    *form* is what is right where the limit stands: at its pointer, or, if it demands a name, at
    the object.
    """
    slot = _Slot(limit, form, anatomy, making)
    ways = _WAYS.get(limit.keyword)
    for each in ways(slot) if ways else ():
        yield each if isinstance(each, Wrong) else Wrong((), each)


def some(form: Form | None, anatomy: Anatomy, making: Making) -> Iterator[Any]:
    """Yield values of a form, of all its kinds, the simpler ones first; of None there are none."""
    if form is None or anatomy.height(form) == inf:
        return
    branches = form.branches if isinstance(form, Either) else (form,)
    kinds = [each for each in branches if anatomy.height(each) < inf]
    for each in kinds:
        yield making.simplest(each)
    for each in kinds:
        yield from making.known(each)[:_FEW]
        for seed in range(_SEEDS):
            yield making.at_will(each, Chance(Random(seed)))


# -- what is no value of its own ------------------------------------------------------------------


def _types(slot: _Slot) -> Iterator[Any]:
    for each in slot.values(3):
        if isinstance(each, (int, float)) and not isinstance(each, bool):
            yield str(each)
    yield from _OF_TYPES
    yield from ([each] for each in slot.values(1))


def _members(slot: _Slot) -> Iterator[Any]:
    members = slot.limit.value if slot.limit.keyword == "enum" else [slot.limit.value]
    texts = [each for each in members if isinstance(each, str)]
    for text in texts[:_FEW]:
        yield from (text.lower(), text.upper(), text.capitalize())
    for text in texts[:_FEW]:
        yield from _WORDS.get(text.lower(), ())
        yield from (f" {text}", f"{text} ", f"{text}\n", text.translate(_WIDE), text[:-1], text * 2)
    for number in [each for each in members if isinstance(each, (int, float))][:_FEW]:
        yield from (number + 1, number - 1, str(number))
    yield from _OF_TYPES


# -- lengths and patterns --------------------------------------------------------------------------


def _longer(slot: _Slot) -> Iterator[str]:
    least = slot.limit.value + 1
    for form in slot.parts(Texts):
        longer = slot.anatomy.spelling(varied(form, least=least, most=least))
        yield from longer.edges[:_FEW]
    for form in slot.parts(Texts):
        yield from slot.anatomy.spelling(varied(form, least=least + 1, most=2 * least)).edges[:2]


def _shorter(slot: _Slot) -> Iterator[str]:
    most = slot.limit.value - 1
    for form in slot.parts(Texts):
        yield from slot.anatomy.spelling(varied(form, least=most, most=most)).edges[:_FEW]
        yield from slot.anatomy.spelling(varied(form, least=0, most=most)).edges[:_FEW]


def _unmatched(slot: _Slot) -> Iterator[str]:
    pattern = slot.limit.value
    for text in slot.texts()[:_FEW]:
        yield from (text[:-1], text + text[-1:], f"{text} ", f" {text}", f"{text}\n", f"\n{text}")
        yield from (f"x{text}", f"{text}x", text.lower(), text.upper(), f"0{text}", f"{text}.0")
        yield from (f"-{text}", text.translate(_WIDE), text[:1] + "x" + text[1:], f"x{text[1:]}")
    yield from ("", " ")
    for form in slot.parts(Texts):
        others = tuple(each for each in form.patterns if each != pattern)
        changed = varied(form, patterns=others, avoided=(*form.avoided, pattern))
        yield from slot.anatomy.spelling(changed).edges[:_FEW]


def _misformed(slot: _Slot) -> Iterator[str]:
    name = slot.limit.value
    yield from _FORMATS.get(_FORMATS_LIKE.get(name, name), ())
    yield from ("", "0", " ")
    for text in slot.texts()[:_FRESH]:
        yield from (text[:-1], f"{text} ", f" {text}", text.replace(":", "", 1), text.lower())
    for form in slot.parts(Texts):
        others = tuple(each for each in form.formats if each != name)
        changed = varied(form, formats=others, avoided_formats=(name,))
        yield from slot.anatomy.spelling(changed).edges[:_FEW]


# -- numbers ---------------------------------------------------------------------------------------


def _beyond(slot: _Slot) -> Iterator[Any]:
    if isinstance(slot.limit.value, bool):  # of draft 4: the bound itself stands beside
        yield from _beside(slot)
        return
    limit = Fraction(str(slot.limit.value))
    itself = not slot.limit.keyword.startswith("exclusive")  # is a number that is kept
    bounds: dict[str, Any] = {"least": None, "most": limit, "below": itself}
    if slot.limit.keyword.endswith("aximum"):
        bounds = {"least": limit, "above": itself, "most": None}
    for form in slot.parts(Numbers):
        found = slot.anatomy.amounts(varied(form, **bounds)).edges
        yield from sorted(found, key=lambda each: _distance(each, limit))[:_FEW]


def _beside(slot: _Slot) -> Iterator[Any]:
    """Yield the bounds of numbers that are themselves left out."""
    for form in slot.parts(Numbers):
        for bound in (form.least, form.most):
            if bound is not None:
                yield plain(bound)


def _distance(number: Any, limit: Fraction) -> tuple[int, Fraction]:
    """Return how far a number is beyond a limit, the rounder ones first."""
    exact = Fraction(str(number))
    return exact.denominator, abs(exact - limit)


def _uneven(slot: _Slot) -> Iterator[Any]:
    step = Fraction(str(slot.limit.value))
    for form in slot.parts(Numbers):
        others = tuple(each for each in form.multiples if each != step)
        changed = varied(form, multiples=others, avoided=(*form.avoided, step))
        if not slot.limit.value % 1 and step == 1:
            changed = varied(changed, whole=False)
        yield from slot.anatomy.amounts(changed).edges[:_FEW]


# -- objects ---------------------------------------------------------------------------------------


def _missing(slot: _Slot) -> Iterator[Wrong]:
    yield Wrong((name_of(slot.limit),), ABSENT)


def name_of(limit: Limit) -> str:
    """Return the name at which a limit stands."""
    return tokens_of(limit.pointer)[-1]


def _unknown(slot: _Slot) -> Iterator[Wrong]:
    for form in slot.parts(Objects):
        known = [each.name for each in slot.anatomy.attributes(form)]
        names = [
            "unknown",
            "Unknown_d",
            *(each.lower() for each in known),
            *(f"{each}x" for each in known),
        ]
        for name in dict.fromkeys(
            each for each in (*names[:2], *names[2 : _FEW * 2]) if each not in known
        ):
            yield from (
                Wrong((name,), each) for each in ("0", True)[: 2 if name == names[0] else 1]
            )


def _misnamed(slot: _Slot) -> Iterator[Wrong]:
    for form in slot.parts(Objects):
        names = ["", "unknown", "a b", "0", "É", "x" * 300, "A", "_"]
        if (
            form.names is not None
            and (others := slot.anatomy.algebra.negation(form.names)) is not None
        ):
            for part in slot._replace(form=others).parts(Texts):
                names += slot.anatomy.spelling(part).edges[:_FEW]
        for name in names:
            value = slot.anatomy.value_of(form, name)
            if slot.anatomy.height(value) < inf:
                yield Wrong((name,), slot.making.simplest(value))
            yield Wrong((name,), "0")


def _counted(slot: _Slot) -> Iterator[Any]:
    """Yield objects and arrays of one attribute or item too many, or too few."""
    keyword, count = slot.limit.keyword, slot.limit.value
    many = keyword.startswith("max")
    bounds: dict[str, Any] = (
        {"least": count + 1, "most": count + 1} if many else {"least": 0, "most": count - 1}
    )
    for form in slot.parts(Arrays if keyword.endswith("Items") else Objects):
        if many or count > 0:
            changed = varied(form, **bounds)
            yield slot.making.simplest(changed)
            yield slot.making.options(changed).values[0]


# -- arrays ----------------------------------------------------------------------------------------


def _repeated(slot: _Slot) -> Iterator[Any]:
    for form in slot.parts(Arrays):
        least = max(form.least, 2)
        for several in (least, least + 1):
            changed = varied(form, distinct=False, repeated=True, least=several)
            yield slot.making.simplest(changed)
        for one in slot._replace(form=form.rest).values(_FRESH):
            yield [one] * least


def _further(slot: _Slot) -> Iterator[Wrong]:
    for form in slot.parts(Arrays):
        yield from (Wrong((len(form.first),), each) for each in _ANY)


def _contained(slot: _Slot) -> Iterator[Any]:
    most = slot.limit.value if slot.limit.keyword == "maxContains" else None
    for form in slot.parts(Arrays):
        for index, each in enumerate(form.contained):
            others = (*form.contained[:index], *form.contained[index + 1 :])
            if most is not None:
                changed = varied(form, contained=(*others, Contained(each.item, most + 1)))
            else:
                rest = slot.anatomy.algebra.without(form.rest, each.item) or form.rest
                fewer = Contained(each.item, max(0, each.least - 1), max(0, each.least - 1))
                changed = varied(form, rest=rest, contained=(*others, fewer))
            if slot.anatomy.height(changed) < inf:
                yield slot.making.simplest(changed)
                yield slot.making.options(changed).values[0]


# -- anything else ---------------------------------------------------------------------------------


def _whatever(slot: _Slot) -> Iterable[Any]:
    if isinstance(slot.anatomy.resolved(slot.form), Nothing):
        return _ANY
    return (*slot.values(2), *_ANY)


def _ways(names: str, ways: _Ways) -> dict[str, _Ways]:
    return dict.fromkeys(names.split(), ways)


_WAYS: Final[dict[str, _Ways]] = {
    **_ways("type", _types),
    **_ways("enum const", _members),
    **_ways("maxLength", _longer),
    **_ways("minLength", _shorter),
    **_ways("pattern", _unmatched),
    **_ways("format", _misformed),
    **_ways("minimum maximum exclusiveMinimum exclusiveMaximum", _beyond),
    **_ways("multipleOf", _uneven),
    **_ways("required dependentRequired dependencies", _missing),
    **_ways("additionalProperties unevaluatedProperties", _unknown),
    **_ways("propertyNames", _misnamed),
    **_ways("minItems maxItems minProperties maxProperties", _counted),
    **_ways("uniqueItems", _repeated),
    **_ways("items additionalItems unevaluatedItems", _further),
    **_ways("contains minContains maxContains", _contained),
    **_ways("readOnly writeOnly not anyOf oneOf", _whatever),
}
