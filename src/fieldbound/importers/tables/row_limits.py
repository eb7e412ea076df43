"""A row of a table to the limits of one attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from fieldbound.importers.resources import Evidence
from fieldbound.importers.tables.headings import Columns
from fieldbound.importers.tables.type_cells import (
    CellType,
    Size,
    amount_in,
    date_in,
    size_of,
    sized,
    type_of,
)
from fieldbound.importers.tables.value_cells import (
    access_of,
    format_in,
    is_nothing,
    is_yes,
    number_in,
    range_in,
    typed,
    values_in,
)
from fieldbound.importers.values import unspecified

_ALWAYS: Final = ("unlimited", "no limit", "unbegrenzt", "max", "illimite", "sans limite")
#: A column `Null?`, as databases describe a table.
_NULLS: Final = {"not null": False, "null": True}
_NUMBERS: Final = ("integer", "number")
#: How many characters of a cell that is not clear are shown.
_MAX_SHOWN: Final = 80
_CONDITIONS: Final = frozenset(
    ("c", "cond", "conditional", "conditionally", "bedingt", "conditionnel", "condicional")
)
#: A type that a list of values makes: the cell of the type says only that there is one.
_LISTED: Final = frozenset(
    ("enum", "enumeration", "picklist", "list of values", "lov", "dropdown", "drop-down", "select")
)


@dataclass
class Limits:
    """What a row says of an attribute; *told* are the reasons for what it does not say.

    *word* is the type by a word, "" if the row has none that is known.
    """

    schema: dict[str, Any] = field(default_factory=dict)
    word: str = ""
    required: bool = False
    nullable: bool | None = None
    request: bool = True
    response: bool = True
    evidence: dict[str, Evidence] = field(default_factory=dict)
    told: list[str] = field(default_factory=list)


def limits_of(columns: Columns, cells: Sequence[str]) -> Limits:
    """Return the limits in the cells of a row."""
    return _Row(columns, cells).limits()


class _Row:
    def __init__(self, columns: Columns, cells: Sequence[str]) -> None:
        self._columns, self._cells = columns, cells
        self._found = Limits()

    def limits(self) -> Limits:
        """Return the limits."""
        type_ = self._type()
        self._found.word = type_.word if type_ else ""
        self._found.schema = dict(type_.schema) if type_ else {}
        self._found.nullable = type_.nullable if type_ else None
        if type_:
            self._size(type_)
        self._values()
        self._bounds()
        self._format()
        self._rights()
        if "type" not in self._found.schema:
            missing = "values" if self._text("type") else "type"
            reason = (
                self._found.told[0] if self._found.told else f"the table has no {missing} of it"
            )
            self._found.schema = unspecified(reason)
            if not self._found.told:
                self._tell(reason)
        self._annotations()
        return self._found

    def _text(self, meaning: str) -> str:
        return self._columns.text(self._cells, meaning)

    def _tell(self, reason: str) -> None:
        self._found.told.append(reason)

    def _not_clear(self, meaning: str) -> None:
        text = self._text(meaning)
        shown = text if len(text) <= _MAX_SHOWN else f"{text[:_MAX_SHOWN]}…"
        self._tell(f"{meaning}: {shown!r} is not clear")

    # -- type and size -----------------------------------------------------------------------

    def _type(self) -> CellType | None:
        text = self._text("type")
        if not text:
            return self._formatted() or self._implied()
        found = type_of(text)
        if found is None and (date := date_in(text)) is not None:
            self._tell(f"type: what form a {date} has in JSON is not said")
        elif found is None and amount_in(text) is not None:
            self._tell(f"type: whether {text} is a number or text in JSON is not said")
        elif found is None and text.casefold() not in _LISTED:
            self._not_clear("type")
        return found

    def _formatted(self) -> CellType | None:
        """Return the type in a column of formats, where there is no column of types."""
        return type_of(self._text("format")) if "type" not in self._columns else None

    def _implied(self) -> CellType | None:
        """Return the type of what has a length in characters; a number of them may be digits."""
        size = size_of(self._text("maxLength"))
        text = self._text("format")
        is_said = "type" in self._columns or not (is_nothing(text) or format_in(text))
        is_text = not is_said and size is not None and size.scale is None
        return CellType("string", {"type": "string"}) if is_text else None

    def _size(self, type_: CellType) -> None:
        within, beside = type_.size, self._column_size()
        if beside is None and within is not None:
            beside = within
        elif within is not None and beside is not None and not _agree(within, beside):
            self._tell(f"the length is {within.most} in the type, and {beside.most} beside it")
            return
        if beside is None:
            return
        schema = sized(type_, beside)
        values = type_.schema.get("enum")
        if schema is None and values and all(len(each) <= beside.most for each in values):
            return
        if schema is None:
            self._tell(f"a length of {beside.most} does not limit the type {type_.word}")
        else:
            self._found.schema = schema
            if beside.in_bytes:
                note = f"{beside.most} bytes: as many characters at most."
                self._found.evidence["maxLength"] = Evidence("stated", note)

    def _column_size(self) -> Size | None:
        """Return the size in the columns of lengths, or of digits."""
        size = self._one_size("maxLength")
        least = self._one_size("minLength")
        digits, after = self._one_size("precision"), self._one_size("scale")
        if digits is not None:
            size = digits
        if size is not None and after is not None:
            size = replace(size, scale=after.most)
        if size is not None and size.scale is None and least is not None:
            is_wrong = size.most and least.most > size.most
            size = size if is_wrong else replace(size, least=least.most)
        elif least is not None and least.most:
            size = Size(0, least.most)
        return size

    def _one_size(self, meaning: str) -> Size | None:
        text = self._text(meaning)
        if is_nothing(text) or text.casefold() in _ALWAYS:
            return None
        size = size_of(text)
        if size is None:
            self._not_clear(meaning)
        return size

    # -- values, bounds, format --------------------------------------------------------------

    def _values(self) -> None:
        text = self._text("enum")
        if is_nothing(text):
            return
        found = self._found
        bounds = range_in(text) if found.word in _NUMBERS else None
        if bounds is not None:
            self._bound(bounds[0], bounds[1])
            return
        if (listed := values_in(text)) is None:
            self._not_clear("enum")
            return
        if not found.word:
            is_listed = self._text("type").casefold() in _LISTED or not self._text("type")
            if not is_listed:
                return  # the type is told
            found.word, found.schema = "string", {"type": "string"}
        values = typed(listed, found.word)
        if values is None:
            self._tell(f"enum: {text!r} are no values of the type {found.word}")
        elif found.word != "boolean":
            longest = found.schema.get("maxLength")
            if longest is not None and any(len(each) > longest for each in values):
                self._tell(f"enum: {text!r} has a value that is longer than {longest}")
                return
            kept = {"type": found.schema["type"]}
            found.schema = {**kept, "enum": sorted(values)}

    def _bounds(self) -> None:
        least, most = self._number("minimum"), self._number("maximum")
        if least is None and most is None:
            return
        if self._found.word not in _NUMBERS:
            self._tell("minimum and maximum: of a length, or of a number? name the column")
        elif least is not None and most is not None and least > most:
            self._tell(f"the minimum {least} is more than the maximum {most}")
        elif "enum" not in self._found.schema:
            self._bound(least, most)

    def _number(self, meaning: str) -> int | float | None:
        text = self._text(meaning)
        if is_nothing(text):
            return None
        found = number_in(text)
        if found is None:
            self._not_clear(meaning)
        return found

    def _bound(self, least: float | None, most: float | None) -> None:
        """Set bounds that are tighter than those of the type's digits."""
        schema = self._found.schema
        if least is not None and least >= schema.get("minimum", least):
            if least > schema.get("exclusiveMinimum", least - 1):
                schema.pop("exclusiveMinimum", None)
            schema["minimum"] = least
        if most is not None and most <= schema.get("maximum", most):
            if most < schema.get("exclusiveMaximum", most + 1):
                schema.pop("exclusiveMaximum", None)
            schema["maximum"] = most

    def _format(self) -> None:
        text = self._text("format")
        if is_nothing(text) or self._formatted() is not None:
            return
        found = format_in(text)
        is_date = not self._found.word and date_in(self._text("type")) is not None
        if found is None or not (self._found.word == "string" or is_date):
            self._not_clear("format")
            return
        if is_date:
            self._found.told = [each for each in self._found.told if not each.startswith("type:")]
            self._found.word, self._found.schema = "string", {"type": "string"}
        if "enum" not in self._found.schema:
            self._found.schema.update(found)

    # -- rights and annotations --------------------------------------------------------------

    def _rights(self) -> None:
        found = self._found
        found.required = self._yes("required")
        if "optional" in self._columns and "required" not in self._columns:
            found.required = is_yes(self._text("optional")) is False and bool(
                self._text("optional")
            )
        if self._text("nullable"):
            found.nullable = _NULLS.get(self._text("nullable").casefold())
            if found.nullable is None:
                found.nullable = is_yes(self._text("nullable"))
            if found.nullable is None:
                self._not_clear("nullable")
        if _is_read_only(self._text("required")) or self._yes("readOnly"):
            found.request = False
        access = access_of(self._text("access"))
        if access is None:
            self._not_clear("access")
        else:
            found.request, found.response = found.request and access[0], access[1]
        found.required = found.required and found.request

    def _yes(self, meaning: str) -> bool:
        found = is_yes(self._text(meaning))
        if found is None and meaning == "required" and _is_read_only(self._text(meaning)):
            return False
        if found is None and self._text(meaning).casefold().rstrip(".") in _CONDITIONS:
            self._tell(f"{meaning}: on a condition that no limit can be made of")
        elif found is None:
            self._not_clear(meaning)
        return found is True

    def _annotations(self) -> None:
        for word in ("title", "description"):
            if text := self._text(word):
                self._found.schema[word] = text.replace("\n", " ")
        text = self._text("default")
        if is_nothing(text):
            return
        schema = self._found.schema
        default = typed([text.strip("\"'`")], self._found.word)
        is_known = default is not None and default[0] in schema.get("enum", default)
        if is_known and default is not None and not _too_long(schema, default[0]):
            schema["default"] = default[0]
        else:
            self._not_clear("default")


def _too_long(schema: dict[str, Any], value: Any) -> bool:
    return isinstance(value, str) and len(value) > schema.get("maxLength", len(value))


def _is_read_only(text: str) -> bool:
    """Return whether a cell says so in words: R alone may be for required."""
    return "read" in text.casefold() and access_of(text) == (False, True)


def _agree(one: Size, other: Size) -> bool:
    return (one.most, one.scale or 0) == (other.most, other.scale or 0)
