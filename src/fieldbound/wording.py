"""A violation goes in, its sentence comes out: the same words in every output."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from .model import Limit, Report, Violation
    from .tallies import BulkReport, Lengths, LimitTally

_TYPES: Final = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "object": "an object",
    "array": "an array",
    "null": "null",
}
_FORMATS: Final = {
    "date-time": "a date and time with its offset, such as 2024-01-31T09:30:00+00:00",
    "date": "a date, such as 2024-01-31",
    "time": "a time with its offset, such as 09:30:00Z",
    "email": "an e-mail address",
    "uri": "an absolute URI",
    "uuid": "a UUID",
}
_UNITS: Final = {"Length": "character", "Items": "item", "Properties": "attribute"}
_TEXTS: Final = {
    "syntax": "the text is not well formed",
    "encoding": "the text is not UTF-8",
    "byteOrderMark": "the text starts with a byte order mark",
    "duplicateKey": "{at} is there more than once",
    "nonFinite": "{at} is no finite number, and JSON has no other",
    "loneSurrogate": "{at} has half of a surrogate pair, which is no character",
    "trailingData": "something follows the end of the document",
    "depth": "the values are nested too deep",
}
#: How pointers into the body of an HTTP message begin.
_BODY: Final = "/body/"
#: The detail of a violation within what no output shows, told as one of the whole of it.
WITHIN: Final = "within"
_MOST_CHOICES: Final = 8
_LONG_POINTER: Final = 200
_EXACT: Final = 1e15  # below it, every whole float is shown as the integer it is


# -- sentences -----------------------------------------------------------------------------------


def message(violation: Violation) -> str:
    """Say what was found and what the contract takes, in one sentence."""
    at = _shortened(violation.pointer) or "the document"
    limit = violation.limit
    if limit is None:
        text = violation.detail or _TEXTS.get(violation.code, violation.code).format(at=at)
        return f"{at}: {text}" if violation.detail and f"{at}/".startswith(_BODY) else text
    if violation.detail == WITHIN:
        return f"{at} has something in it, not to be shown, that breaks {violation.code}"
    sentence = _SENTENCES.get(violation.code)
    return sentence(at, violation, limit) if sentence else f"{at} breaks {violation.code}"


def _shortened(pointer: str) -> str:
    """Return a pointer of which names of any length leave both ends."""
    if len(pointer) <= _LONG_POINTER:
        return pointer
    return f"{pointer[: _LONG_POINTER // 2]}…{pointer[-_LONG_POINTER // 2 :]}"


def _is(at: str, violation: Violation) -> str:
    return f"{at} is {_found(violation)}"


def _found(violation: Violation) -> str:
    """Return a value as far as it may be shown, else its type."""
    kind, actual = violation.kind or "null", violation.actual
    if kind == "null":
        return "null"
    if actual is None:
        return "a boolean" if kind == "boolean" else _TYPES[kind]
    if kind in ("integer", "number") and isinstance(actual, str):
        return actual
    return quoted(actual)


def _size(at: str, violation: Violation, limit: Limit) -> str:
    least = limit.keyword.startswith("min")
    unit = _UNITS[limit.keyword[3:]]
    if violation.actual is None:
        return f"{at} has too {'few' if least else 'many'} {unit}s, the limit is {limit.value}"
    bound = f"but needs at least {limit.value}" if least else f"the limit is {limit.value}"
    return f"{at} has {counted(violation.actual, unit)}, {bound}"


def _choice(at: str, violation: Violation, limit: Limit) -> str:
    said = violation.kind == "string" and violation.code == "type" and violation.actual is not None
    expected = _expected((limit, *violation.also), violation.detail == "alternatives")
    return f"{_is(at, violation)}{' (a string)' if said else ''}, but must be {expected}"


def _expected(limits: Sequence[Limit], alternatives: bool) -> str:
    """Return what limits on types and values together take.

    Where a value is chosen from some, its type goes without saying, but for *alternatives*, of
    which another may take any value of a type.
    """
    chosen = [limit for limit in limits if limit.keyword in ("enum", "const")]
    beside = {limit.location.rpartition("/")[0] for limit in chosen}
    if chosen and alternatives:
        limits = [limit for limit in limits if limit.location.rpartition("/")[0] not in beside]
    types = [] if chosen and not alternatives else kinds_of(limits)
    words = [quoted(choice) for choice in choices_of(chosen)]
    kinds = [_TYPES.get(kind, kind) for kind in dict.fromkeys(types)]
    if len(words) > _MOST_CHOICES:
        some = f"one of {len(words)} values, such as {', '.join(words[:4])}"
        return _either([some, *kinds])
    return _either([*words, *kinds]) if words or kinds else "one of no values at all"


def choices_of(limits: Iterable[Limit]) -> list[Any]:
    """Return the values that limits choose from."""
    choices: list[Any] = []
    for limit in limits:
        if limit.keyword == "enum":
            choices += [each for each in limit.value if each not in choices]
        elif limit.keyword == "const" and limit.value not in choices:
            choices.append(limit.value)
    return choices


def kinds_of(limits: Iterable[Limit]) -> list[str]:
    """Return the types that limits take."""
    kinds = []
    for limit in limits:
        if limit.keyword == "type":
            kinds += limit.value if isinstance(limit.value, list) else [limit.value]
    return kinds


def _either(words: Iterable[str]) -> str:
    *firsts, last = words
    return f"{', '.join(firsts)} or {last}" if firsts else last


def _pattern(at: str, violation: Violation, limit: Limit) -> str:
    if violation.detail == "undecided":
        return f"{at} takes too long to match against {limit.value}: it counts as not matching"
    return f"{_is(at, violation)}, but must match {limit.value}"


def _format(at: str, violation: Violation, limit: Limit) -> str:
    wanted = _FORMATS.get(limit.value, f"a valid {limit.value}")
    return f"{_is(at, violation)}, but must be {wanted}"


def _bound(at: str, violation: Violation, limit: Limit) -> str:
    most, value = limit.keyword in ("maximum", "exclusiveMaximum"), quoted(limit.value)
    if limit.value is True:  # in draft 4 it is the bound beside it that is excluded
        return f"{_is(at, violation)}, but must be {'less' if most else 'more'} than its bound"
    if limit.keyword.startswith("exclusive"):
        return f"{_is(at, violation)}, but must be {'less' if most else 'more'} than {value}"
    return f"{_is(at, violation)}, but must be at {'most' if most else 'least'} {value}"


def _multiple(at: str, violation: Violation, limit: Limit) -> str:
    of = "a whole number" if limit.value == 1 else f"a multiple of {quoted(limit.value)}"
    return f"{_is(at, violation)}, but must be {of}"


def _missing(at: str, violation: Violation, limit: Limit) -> str:  # noqa: ARG001
    others = _required(violation)
    if is_elsewhere(violation):
        return f"{at} is missing: it was sent as {_shortened(str(violation.detail))}"
    return f"{at} is missing" + (f", or {_either(others)} in its place" if others else "")


def is_elsewhere(violation: Violation) -> bool:
    """Return whether what is missing is there under another name, which the detail tells."""
    return (violation.detail or "").startswith("/")


def _unknown(at: str, violation: Violation, limit: Limit) -> str:
    others = _required(violation)
    if limit.value is not False and limit.keyword == "unevaluatedProperties":
        return f"{at} is not what an attribute of any other name must be"
    return f"{at} is not known here" + (f", and {_either(others)} is missing" if others else "")


def _required(violation: Violation) -> list[str]:
    """Return the names of what is required as well, each as a pointer beside the violation's."""
    at, beside = violation.limit and violation.limit.pointer, violation.pointer.rpartition("/")[0]
    required = {each.pointer: None for each in violation.also if each.keyword == "required"}
    others = [each for each in required if each != at]
    return [
        _moved(each, beside) if each.count("/") == str(at).count("/") else each for each in others
    ]


def _moved(pointer: str, beside: str) -> str:
    return f"{beside}/{pointer.rpartition('/')[2]}"


def _not(at: str, violation: Violation, limit: Limit) -> str:
    if limit.value in ({}, True, False):
        return f"{at} is not taken here"
    return f"{_is(at, violation)}, which is ruled out"


def _name(at: str, violation: Violation, limit: Limit) -> str:  # noqa: ARG001
    why = "no name is" if violation.detail is None else f"it breaks {violation.detail}"
    return f"{at} is not a name that is taken here: {why}"


def _one_of(at: str, violation: Violation, limit: Limit) -> str:  # noqa: ARG001
    if violation.detail is None:
        return f"{at} fits none of the alternatives"
    return f"{at} fits {violation.detail} alternatives, but must fit exactly one"


def _said(words: str) -> Callable[[str, Violation, Limit], str]:
    return lambda at, violation, limit: f"{at} {words}"  # noqa: ARG005


_SURPLUS = _said("is an item too many")
_SENTENCES: Final[dict[str, Callable[[str, Violation, Limit], str]]] = {
    **dict.fromkeys(("maxLength", "minLength", "maxItems", "minItems"), _size),
    **dict.fromkeys(("maxProperties", "minProperties"), _size),
    **dict.fromkeys(("type", "enum", "const"), _choice),
    **dict.fromkeys(("required", "dependentRequired", "dependencies"), _missing),
    **dict.fromkeys(("maximum", "minimum", "exclusiveMaximum", "exclusiveMinimum"), _bound),
    **dict.fromkeys(("additionalProperties", "unevaluatedProperties"), _unknown),
    **dict.fromkeys(("items", "additionalItems", "unevaluatedItems"), _SURPLUS),
    **dict.fromkeys(("anyOf", "oneOf"), _one_of),
    "multipleOf": _multiple,
    "pattern": _pattern,
    "format": _format,
    "not": _not,
    "propertyNames": _name,
    "readOnly": _said("is made by the server and not taken in a request"),
    "writeOnly": _said("is only ever sent, and not part of a response"),
    "uniqueItems": _said("has the same item more than once"),
    "contains": _said("has no item of the kind it needs"),
    "minContains": _said("has too few items of the kind it needs"),
    "maxContains": _said("has too many items of the kind that is counted"),
    "contentEncoding": _said("is not encoded as it should be"),
    "contentMediaType": _said("is not of the media type it should be"),
}


# -- the rest ------------------------------------------------------------------------------------

#: How a sentence goes on from what a source says to the source's title.
_CITING: Final = {
    "stated": "stated in",
    "observed": "observed in",
    "example": "example in",
    "inferred": "inferred from",
}


def origin(limit: Limit, *, address: bool = True) -> str | None:
    """Say who says so, such as `stated in "Create a product group", https://…`, if anyone does."""
    source = limit.source
    if source is None:
        return limit.says
    said = f'{_CITING.get(limit.says or "", "see")} "{source.title}"'
    return f"{said}, {source.address}" if address and source.address else said


def report(report: Report) -> str:
    """Say every violation, a line each, with what to write instead."""
    about = f", {report.about}" if report.about else ""
    lines = [f"{report.name or report.contract}: {'valid' if report.ok else 'invalid'}{about}"]
    for violation in report:
        place = f"{violation.place}: " if violation.place else ""
        lines.append(f"  {place}{violation.code}: {violation.message}")
        if violation.limit is not None and (said := origin(violation.limit)):
            lines.append(f"      {said}")
        if violation.hint is not None:
            lines.append(f"      hint: {violation.hint}")
    return "\n".join(lines)


def counted(number: int, unit: str) -> str:
    """Return a number with its unit, such as `1 character` or `151 characters`."""
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"


def quoted(value: Any, *, compact: bool = False) -> str:
    """Return a value as JSON, *compact* without a space."""
    import json

    if not compact and isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        value = int(value)
    try:
        separators = (",", ":") if compact else None
        return json.dumps(value, ensure_ascii=False, separators=separators)
    except (TypeError, ValueError):
        return str(value)


# -- many records --------------------------------------------------------------------------------

#: Limits that the sentences of a bulk report name.
_MOST_TOLD: Final = 10
#: What is nearer to none or all than this many percent is not rounded to them.
_LEAST_SHARE: Final = 0.01


def bulk_report(report: BulkReport) -> str:
    """Say how many records are refused, the limits most of them break, and what else is wrong."""
    lines = [verdict(report)]
    for number, tally in enumerate(report.tallies[:_MOST_TOLD], 1):
        at = "" if tally.limit is None else f" at {tally.limit.pointer or 'the whole record'}"
        lines.append(f"  {number}. {tally.code}{at}: {effect(tally, report.records)}")
        first = tally.samples[:1]
        lines += [f"     record {each.number}: {each.violation.message}" for each in first]
    more = len(report.tallies) - _MOST_TOLD
    lines += [f"  and {many(more, 'more limit')}"] * (more > 0)
    others = (*alarms(report), *map(heap, report.heaps))
    return "\n".join([*lines, *(f"  {said}" for said in others)])


def verdict(report: BulkReport) -> str:
    """Say in one sentence how many records are refused."""
    by = f"by {report.contract}"
    name = "" if report.name is None else f"{report.name}: "
    if not report.records:
        return f"{name}no record judged {by}"
    said = f"{name}{many(report.records, 'record')} {by}: "
    if not report.refused:
        return said + ("all accepted" if report.records > 1 else "accepted")
    limits = sum(tally.limit is not None for tally in report.tallies)
    broken = [f"of {many(limits, 'limit')}"] * (limits > 0)
    broken += ["of JSON itself"] * (limits < len(report.tallies))
    refused = f"{report.refused:,} refused ({share(report.refused, report.records)})"
    return f"{said}{refused}, {many(report.violations, 'violation')} {' and '.join(broken)}"


def alarms(report: BulkReport) -> list[str]:
    """Say what is wrong beside broken limits: a file without its end, keys that are there twice."""
    said = [f"the file is cut off: {report.cut_off}"] * bool(report.cut_off)
    twice = report.duplicates
    if twice is not None and twice.keys:
        are = "key is" if twice.keys == 1 else "keys are"
        at = twice.pointer or "the whole record"
        told = f"{twice.keys:,} {are} there more than once at {at}"
        said.append(f"{told}, in {many(twice.records, 'record')}")
    return said


def heap(lengths: Lengths) -> str:
    """Say that texts heap up exactly at a limit."""
    length, at = many(lengths.limit.value, "character"), lengths.limit.pointer or "the whole record"
    heaped = f"{many(lengths.at, 'text')} are exactly {length} long, the limit of {at}"
    return f"{heaped}: something upstream may cut them silently"


def effect(tally: LimitTally, whole: int) -> str:
    """Say how many records of the *whole* break a limit, and how many of them no other."""
    said = f"{many(tally.records, 'record')} ({share(tally.records, whole)})"
    if tally.records == 1:
        said += ", by this alone" if tally.alone else ", not by this alone"
    else:
        count = {0: "none", tally.records: "all"}.get(tally.alone, f"{tally.alone:,}")
        said += f", {count} of them by this alone"
    if tally.violations == tally.records:
        return said
    return f"{said}; {many(tally.violations, 'violation')}"


def many(number: int, unit: str) -> str:
    """Return a number that may be large with its unit, such as `1 record` or `5,012 records`."""
    return f"{number:,} {unit}{'s' * (number != 1)}"


def share(part: int, whole: int) -> str:
    """Return a part in percent, of two digits or more; only none is 0 % and only all is 100 %."""
    if part in (0, whole):
        return "100 %" if part else "0 %"
    percent = 100 * part / whole
    near = min(percent, 100 - percent)
    if near < _LEAST_SHARE:
        return "more than 99.99 %" if percent > near else "less than 0.01 %"
    return f"{percent:.{2 if near < 1 else 1 if near < 10 else 0}f} %"  # noqa: PLR2004
