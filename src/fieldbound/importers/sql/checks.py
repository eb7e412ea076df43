"""CHECK constraints to limits: a list of values, bounds, and lengths of one column."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from math import isfinite
from typing import Any, Final

from sqlglot import exp

Limits = list[tuple[str, str, Any]]
_MAX_SHOWN: Final = 100
_INTEGER: Final = re.compile(r"-?[0-9]{1,99}")
#: A comparison, the keyword of a column on its left, and that of one on its right.
_BOUNDS: Final[dict[type[Any], tuple[str, str]]] = {
    exp.GTE: ("minimum", "maximum"),
    exp.LTE: ("maximum", "minimum"),
    exp.GT: ("exclusiveMinimum", "exclusiveMaximum"),
    exp.LT: ("exclusiveMaximum", "exclusiveMinimum"),
}


def limits_of_check(condition: Any, columns: Collection[str]) -> tuple[Limits, list[str]]:
    """Return the column, keyword and value of each limit, and the conditions that are none."""
    names = {each.lower(): each for each in columns}
    limits: Limits = []
    unread: list[str] = []
    for each in _joined(condition, exp.And):
        found = [
            (names[column.lower()], word, value)
            for column, word, value in _limits(each)
            if column.lower() in names
        ]
        limits += found
        unread += [] if found else [_shown(each)]
    return limits, unread


def _joined(condition: Any, by: type[Any]) -> Iterator[Any]:
    """Yield the conditions that AND, or OR, joins: a thousand of them are as many levels deep."""
    pending = [condition]
    while pending:
        each = pending.pop().unnest()
        if isinstance(each, by):
            pending += (each.expression, each.this)
        else:
            yield each


def _shown(condition: Any) -> str:
    try:
        return str(condition.sql())[:_MAX_SHOWN]
    except RecursionError:
        return "nested too deeply"


def _limits(condition: Any) -> Limits:
    if (listed := _listed(condition)) is not None:
        column, values = listed
        is_list = isinstance(column, exp.Column) and values and None not in values
        return [(column.name, "enum", values)] if is_list else []
    if isinstance(condition, exp.Between):
        low, high = _number(condition.args["low"]), _number(condition.args["high"])
        if low is None or high is None:
            return []
        return [*_bound(condition.this, "minimum", low), *_bound(condition.this, "maximum", high)]
    words = _BOUNDS.get(type(condition))
    if words is None:
        return []
    value = _number(condition.expression)
    if value is not None:
        return _bound(condition.this, words[0], value)
    value = _number(condition.this)
    return [] if value is None else _bound(condition.expression, words[1], value)


def _listed(condition: Any) -> tuple[Any, list[Any]] | None:
    """Return what has one of some values, and these: `a IN (…)`, and as databases write it out."""
    column, values = None, list[Any]()
    for each in _joined(condition, exp.Or):
        found = _values(each)
        if found is None or (column is not None and found[0] != column):
            return None
        column = found[0]
        values += found[1]
    return column, values


def _values(condition: Any) -> tuple[Any, list[Any]] | None:
    """Return what has one of the values of a single condition, and these."""
    if isinstance(condition, exp.In):
        return _inner(condition.this), [_value(each) for each in condition.expressions]
    if not isinstance(condition, exp.EQ):
        return None
    value = condition.expression
    if isinstance(value, exp.Any):
        array = _inner(value.this)
        found = array.expressions if isinstance(array, exp.Array) else [None]
        return _inner(condition.this), [_value(each) for each in found]
    return _inner(condition.this), [_value(value)]


def _inner(given: Any) -> Any:
    """Return what is within brackets, and casts to a text."""
    while isinstance(given, exp.Paren) or (isinstance(given, exp.Cast) and _is_text(given.to)):
        given = given.this
    return given


def _is_text(given: Any) -> bool:
    found = given.expressions[0] if given.this == exp.DataType.Type.ARRAY else given
    return found.this in exp.DataType.TEXT_TYPES


def _bound(of: Any, word: str, value: Any) -> Limits:
    """Return the bound of a column, or of the length of one."""
    of = _inner(of)
    if isinstance(of, exp.Column):
        return [(of.name, word, value)]
    if not isinstance(of, exp.Length) or not isinstance(value, int):
        return []
    column = _inner(of.this)
    if not isinstance(column, exp.Column):
        return []
    name = column.name
    if word in ("maximum", "exclusiveMaximum"):
        most = value - (word != "maximum")
        return [(name, "maxLength", most)] if most >= 0 else []
    return [(name, "minLength", max(0, value + (word != "minimum")))]


def _value(given: Any) -> Any:
    given = _inner(given)
    if isinstance(given, exp.Literal) and given.is_string:
        return given.name
    return _number(given)


def _number(given: Any) -> Any:
    sign, is_cast = 1, False
    while isinstance(given, (exp.Paren, exp.Cast, exp.Neg)):
        is_negated = isinstance(given, exp.Neg)
        sign = -sign if is_negated else sign
        is_cast = not is_negated and (is_cast or isinstance(given, exp.Cast))
        given = given.this
    if is_cast and isinstance(given, exp.Literal) and _INTEGER.fullmatch(given.name):
        return sign * int(given.name)  # '-5'::integer
    if not isinstance(given, exp.Literal) or given.is_string:
        return None
    if given.is_int:
        return sign * int(given.name)
    try:
        value = sign * float(given.name)
    except ValueError:
        return None
    return value if isfinite(value) else None
