"""The styles: how each writes a class, and what it can say."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from keyword import iskeyword
from typing import Final, NamedTuple

from .annotations import Abilities
from .identifiers import RESERVED
from .layout import Call, Expression, literal, quoted, statement
from .patterns import portable_pattern


class Property(NamedTuple):
    """A property of a class: its name for the vendor and in Python, its type, what is said of it.

    *null* is whether it may be null, *default* a value, if there is one.
    """

    alias: str
    name: str
    types: tuple[Expression, ...]
    required: bool
    null: bool
    default: tuple[object, ...]
    text: Sequence[str]


class Head(NamedTuple):
    """The head of a class: its name and docstring, and whether it is closed but for *names*."""

    name: str
    text: Sequence[str]
    closed: bool
    names: tuple[str, ...]


def _alias(name: str, value: Expression) -> list[str]:
    return statement(f"{name} = ", value)


class Style(NamedTuple):
    """A style: what it can say, and the lines of a class and of one property."""

    abilities: Abilities
    head: Callable[[Head], list[str]]
    property: Callable[[Property, Expression], list[str]]
    #: The type of a property that is not required, of its type.
    optional: Callable[[Property, Sequence[Expression]], list[Expression]]
    helpers: Mapping[str, str] = {}
    is_functional: bool = False
    #: What no name of a property may have, as a regular expression.
    impossible: str = "(?!)"
    #: The lines of a type that is no class, by its name.
    whole: Callable[[str, Expression], list[str]] = _alias


def union(members: Sequence[Expression]) -> Expression:
    """Return the union of types."""
    return members[0] if len(members) == 1 else " | ".join(map(str, members))


def class_lines(
    style: Style, head: Head, rows: Sequence[tuple[Property, Expression]], doc: Sequence[str]
) -> list[str]:
    """Return the lines of a class; *rows* are its properties, each with its annotation."""
    if style.is_functional and any(not _is_plain(each.alias) for each, _ in rows):
        return _functional(head, rows, doc)
    top = style.head(head)
    begin = next(index for index, line in enumerate(top) if line.endswith(":")) + 1
    lines = [*top[:begin], *doc, *top[begin:], *([""] if rows else [])]
    for each, annotation in rows:
        lines += [*style.property(each, annotation), *each.text]
    return lines


def _line(before: str, value: Expression, after: str = "") -> list[str]:
    return statement(before, value, after, "    ")


def portable_names(names: Sequence[str]) -> str | None:
    """Return one pattern of the names that a closed object allows, None if it cannot be said."""
    found = [portable_pattern(each) for each in names]
    if not found or None in found:
        return None
    return "|".join(map(str, found))


# -- pydantic --------------------------------------------------------------------------------------


def _pydantic_head(head: Head) -> list[str]:
    pattern = portable_names(head.names)
    extra = "forbid" if head.closed and not head.names else "allow"
    lines = [f'class {head.name}(Payload, extra="{extra}"):']
    if head.closed and pattern is not None:
        key = Call("Annotated", ("str", Call("Field", (f"pattern={quoted(pattern)}",))), "[]")
        kind = Call("dict", (key, "Any"), "[]")
        lines += ["", *statement("__pydantic_extra__: ", kind, indent="    ")]
    return lines


def _pydantic(each: Property, annotation: Expression) -> list[str]:
    given = []
    if not each.required:
        given.append(literal(each.default[0]) if each.default else "None")
    if each.name == each.alias:
        return _line(f"{each.name}: ", annotation, f" = {given[0]}" if given else "")
    names = [f"{kind}_alias={quoted(each.alias)}" for kind in ("validation", "serialization")]
    field = Call("Field", (*(f"default={value}" for value in given), *names))
    return _line(f"{each.name}: {annotation} = ", field)


def _pydantic_optional(each: Property, types: Sequence[Expression]) -> list[Expression]:
    if each.null or each.default or list(types) == ["Any"]:
        return [*types]
    return [Call("Annotated", (f"{union(types)} | None", "NotNull"), "[]")]


def _pydantic_root(name: str, value: Expression) -> list[str]:
    head = Call(name, (Call("RootModel", (value,), "[]"),))
    config = "    model_config = ConfigDict(allow_inf_nan=False, strict=True)"
    return [*statement("class ", head, ":"), config]


_PYDANTIC_HELPERS: Final = {
    "NotNull": """\
def _refuse_null(value: Any) -> Any:
    if value is None:
        raise ValueError("null is not allowed: leave it out")
    return value


NotNull = BeforeValidator(_refuse_null)
""",
    "NotBool": """\
def _refuse_bool(value: Any) -> Any:
    if isinstance(value, bool):
        raise ValueError("a boolean is not allowed")
    return value


NotBool = BeforeValidator(_refuse_bool)
""",
    "multiple_of": '''\
def multiple_of(divisor: str) -> AfterValidator:
    """Return what refuses a number that is no multiple of another."""

    def check(value: float) -> float:
        if Decimal(repr(value)) % Decimal(divisor):
            raise ValueError(f"no multiple of {divisor}")
        return value

    return AfterValidator(check)
''',
    "Payload": '''\
class Payload(BaseModel):
    """What all models share: write one with `model_dump(exclude_unset=True)`."""

    model_config = ConfigDict(
        allow_inf_nan=False,
        protected_namespaces=(),
        serialize_by_alias=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
    )
''',
}


# -- msgspec, dataclasses, TypedDict ---------------------------------------------------------------


def _msgspec_head(head: Head) -> list[str]:
    closed = ("forbid_unknown_fields=True",) * head.closed
    return statement("class ", Call(head.name, ("Struct", "kw_only=True", *closed)), ":")


def _msgspec(each: Property, annotation: Expression) -> list[str]:
    alias = [] if each.name == each.alias else [f"name={quoted(each.alias)}"]
    return _unset(each, annotation, alias)


def _msgspec_optional(_each: Property, types: Sequence[Expression]) -> list[Expression]:
    return [*types, "UnsetType"]


def _dataclass_head(head: Head) -> list[str]:
    return ["@dataclass(kw_only=True)", f"class {head.name}:"]


def _dataclass(each: Property, annotation: Expression) -> list[str]:
    named = f"metadata={{{quoted('name')}: {quoted(each.alias)}}}"
    alias = [] if each.name == each.alias else [named]
    return _unset(each, annotation, alias)


def _unset(each: Property, annotation: Expression, alias: list[str]) -> list[str]:
    """Return the lines of a property that is unset by default: a default is the vendor's to set."""
    if not alias:
        return _line(f"{each.name}: ", annotation, "" if each.required else " = UNSET")
    default = [] if each.required else ["default=UNSET"]
    return _line(f"{each.name}: {annotation} = ", Call("field", (*default, *alias)))


def _dataclass_optional(_each: Property, types: Sequence[Expression]) -> list[Expression]:
    return [*types, "Unset"]


_DATACLASS_HELPERS: Final = {
    "UNSET": '''\
class Unset(Enum):
    """What a property is that is left out."""

    UNSET = "unset"


UNSET = Unset.UNSET
''',
    "payload": '''\
def payload(value: Any) -> Any:
    """Return a value for JSON: by the names of the vendor, without what is unset."""
    if isinstance(value, (list, tuple)):
        return [payload(each) for each in value]
    if isinstance(value, dict):
        return {name: payload(each) for name, each in value.items()}
    if not is_dataclass(value):
        return value
    found = [(each, getattr(value, each.name)) for each in fields(value)]
    return {
        each.metadata.get("name", each.name): payload(inner)
        for each, inner in found
        if inner is not UNSET
    }
''',
}


def _typed_dict_head(head: Head) -> list[str]:
    return [f"class {head.name}(TypedDict):"]


def _typed_dict(each: Property, annotation: Expression) -> list[str]:
    if each.required:
        return _line(f"{each.name}: ", annotation)
    return _line(f"{each.name}: ", Call("NotRequired", (annotation,), "[]"))


def _functional(
    head: Head, rows: Sequence[tuple[Property, Expression]], doc: Sequence[str]
) -> list[str]:
    """Return the lines of a TypedDict with names that are no identifiers."""
    lines = [f"{head.name} = TypedDict(", f"    {quoted(head.name)},", "    {"]
    for each, annotation in rows:
        text = " ".join(line.strip().strip('"') for line in each.text).strip()
        lines += [f"        # {text}"] if text else []
        if re.search(rf"\b{head.name}\b", str(annotation)):
            annotation = quoted(str(annotation))  # noqa: PLW2901 - it refers to itself
        kind = annotation if each.required else Call("NotRequired", (annotation,), "[]")
        lines += statement(f"{quoted(each.alias)}: ", kind, ",", "        ")
    about = [f"# {said}" for line in doc if (said := line.replace('"""', "").strip())]
    return [*about, *lines, "    },", ")"]


def _is_plain(name: str) -> bool:
    is_name = name.isidentifier() and name.isascii() and not iskeyword(name)
    return is_name and name not in RESERVED and not name.startswith("__")


def _as_is(_each: Property, types: Sequence[Expression]) -> list[Expression]:
    return [*types]


#: The styles, by name.
STYLES: Final[Mapping[str, Style]] = {
    "pydantic": Style(
        Abilities(
            "Field",
            validators=True,
            any_size=True,
            tuples=(Call("Field", ("strict=False",)),),
        ),
        _pydantic_head,
        _pydantic,
        _pydantic_optional,
        _PYDANTIC_HELPERS,
        whole=_pydantic_root,
    ),
    "dataclass": Style(
        Abilities(), _dataclass_head, _dataclass, _dataclass_optional, _DATACLASS_HELPERS
    ),
    "typeddict": Style(Abilities(), _typed_dict_head, _typed_dict, _as_is, is_functional=True),
    "msgspec": Style(
        Abilities("Meta", end=r"\Z"),
        _msgspec_head,
        _msgspec,
        _msgspec_optional,
        impossible=r'[\\"\x00-\x1f]',
    ),
}
