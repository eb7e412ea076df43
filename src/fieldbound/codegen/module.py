"""The models of a contract as one module of Python."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any, Final

from fieldbound.model import FieldboundError, Limit, Source, to_json
from fieldbound.validation import Contract

from .annotations import Annotations
from .closure import CLOSERS
from .identifiers import class_name, identifier
from .layout import WIDTH, Call, Expression, comments, docstring, statement
from .shapes import DIRECTIONS, Shape, shape_of
from .styles import STYLES, Head, Property, class_lines, portable_names, union

_MOST_TITLE: Final = 40
_MOST_VALUE: Final = 60
#: Where what the code uses comes from, the modules in the order of imports.
_IMPORTS: Final = (
    ("dataclasses", "dataclass field fields is_dataclass"),
    ("decimal", "Decimal"),
    ("enum", "Enum"),
    ("typing", "Annotated Any Literal NotRequired TypedDict"),
    ("msgspec", "UNSET Meta Struct UnsetType field"),
    ("pydantic", "AfterValidator BaseModel BeforeValidator ConfigDict Field RootModel"),
)
_STANDARD: Final = 4  # how many of them come with Python
_OF_STYLE: Final = {"dataclass": ("msgspec", "pydantic"), "msgspec": ("dataclasses", "pydantic")}


def model_code(contract: Contract, style: str = "pydantic") -> str:
    """Return the models of a contract's values as a module of Python, in a style of `STYLES`.

    It is formatted, and the same for the same contract. Which limits the models do not hold is in a
    comment at its top. Raises FieldboundError if nothing is documented of the values.
    """
    return _Module(contract, style).code()


def unenforced(contract: Contract, style: str) -> tuple[Limit, ...]:
    """Return the limits of a contract that its models of a style do not hold."""
    made = _Module(contract, style)
    made.code()
    return made.unenforced


class _Module:
    """Writes a module: the classes, the inner before the outer, and what they need."""

    def __init__(self, contract: Contract, style: str) -> None:
        if style not in STYLES:
            raise FieldboundError(f"no style {style!r}: choose from {', '.join(STYLES)}")
        self._contract, self._name, self._style = contract, style, STYLES[style]
        self._types = Annotations(self._style.abilities)
        self._blocks: list[str] = []
        self._names: dict[Shape, str] = {}
        self._taken: set[str] = {*self._style.helpers}
        self._same: dict[tuple[str, ...], str] = {}
        self._aliases: dict[str, str] = {}
        self._repeated: list[str] = []  # where a schema refers to itself
        self._left_out: list[str] = []  # where no value can be
        self._nameless: list[str] = []  # where names are allowed that have no field

    @property
    def unenforced(self) -> tuple[Limit, ...]:
        """The limits that the code does not hold, once it is written."""
        at = {each.location for each in self._contract.limits if self._types.is_held(each)}
        return tuple(
            each
            for each in self._contract.limits
            if not self._types.is_held(each)
            and not _is_within(each, self._left_out)
            and not (each.location in at and _is_within(each, self._repeated))
        )

    def code(self) -> str:
        """Return the module."""
        root = shape_of(self._contract)
        name = class_name(self._contract.name.partition("/")[2] or self._contract.name, ())
        members = self._members(root, name)
        if members != [name]:
            lines = self._style.whole(class_name(name, self._taken), union(members))
            self._blocks.append("\n".join(lines))
        return self._whole()

    def _whole(self) -> str:
        body = "\n\n\n".join(self._blocks)
        helpers = self._helpers(body)
        rest = "\n\n\n".join([*(each.rstrip() for each in helpers), body])
        notes = _notes(self.unenforced, self._name)
        if self._nameless:
            text = ", ".join(self._nameless)
            notes += comments(f"Names that only a pattern allows have no field: {text}")
        head = "\n".join(docstring(self._about()))
        imports = self._imports(rest)
        gap = "\n\n\n" if rest.startswith(("class", "@", "def")) else "\n\n"
        top = "\n\n".join(["\n".join([head, *(["", *notes] if notes else [])]), imports])
        return f"{top}{gap}{rest}\n"

    def _helpers(self, body: str) -> list[str]:
        helpers = self._style.helpers
        return [code for name, code in helpers.items() if _uses(body, name) or name == "payload"]

    def _imports(self, body: str) -> str:
        groups: list[list[str]] = [["from __future__ import annotations"], [], []]
        unused = _OF_STYLE.get(self._name, ("msgspec", "dataclasses"))
        for index, (module, words) in enumerate(_IMPORTS):
            names = [each for each in words.split() if module not in unused and _uses(body, each)]
            if names:
                call = Call(f"from {module} import ", tuple(names))
                line = f"{call.head}{', '.join(names)}"
                lines = [line] if len(line) <= WIDTH else statement("", call)
                groups[1 if index < _STANDARD else 2] += lines
        return "\n\n".join("\n".join(each) for each in groups if each)

    def _about(self) -> list[str]:
        found: dict[str, Source] = {}
        for limit in self._contract.limits:
            for source in limit.sources:
                found.setdefault(source.key, source)
        about = [f"Models of {self._contract.name}, written by `fieldbound models`."]
        if found:
            about += ["", "Sources:"]
        for key, source in sorted(found.items()):
            read = f" (read {source.read})" if source.read else ""
            about.append(f"- {key}: {source.title}, {source.address or 'no address'}{read}")
        return about

    # -- types -------------------------------------------------------------------------------

    def _members(self, shape: Shape, hint: str) -> list[Expression]:
        """Return the members of a shape's type; *hint* is what its class may be named."""
        if shape.same:
            self._types.hold(shape.limits)
            self._repeated.append(shape.field.pointer)
            return [self._names[shape.same[0]]]
        items = [shape.first.get(each) for each in range(shape.size)] or [*shape.item] or [None]
        inner = [self._inner(each, hint) for each in items]
        name = ""
        if shape.is_object and shape.has_names:
            name = self._class(shape, hint)
        return [each.expression for each in self._types.members(shape, inner, name)]

    def _inner(self, shape: Shape | None, hint: str) -> Expression:
        """Return the type of what is in a value, if anything is known of it."""
        if shape is None:
            return "Any"
        title = shape.field.title or ""
        named = title if 0 < len(title) <= _MOST_TITLE else f"{hint} item"
        return union(self._members(shape, named))

    def _class(self, shape: Shape, hint: str) -> str:
        name = self._names[shape] = class_name(hint, self._taken)
        self._taken.add(name)
        taken: set[str] = set()
        rows = []
        for each in shape.properties:
            found = self._property(each, taken)
            taken.add(found.name)
            rows.append((found, self._annotation(found)))
        self._hold_names(shape)
        said = [shape.field.title or f"The value at {shape.field.pointer or 'the top'}"]
        doc = docstring([f"{said[0]}.{_cited(shape.limits)}"], "    ")
        lines = class_lines(self._style, Head("", (), shape.closed, shape.names), rows, doc)
        if (key := tuple(lines)) in self._same:
            self._taken.discard(name)
            self._names[shape] = self._same[key]
            return self._same[key]
        self._same[key] = name
        head = Head(name, (), shape.closed, shape.names)
        self._blocks.append("\n".join(class_lines(self._style, head, rows, doc)))
        return name

    def _property(self, shape: Shape, taken: Iterable[str]) -> Property:
        if re.search(self._style.impossible, shape.name):
            at = f"{self._contract.name}#{shape.field.pointer}"
            raise FieldboundError(f"{at}: {self._name} has no way to write this name")
        is_key = self._style.is_functional
        name = shape.name if is_key else identifier(shape.name, taken)
        title = shape.field.title or ""
        hint = title if 0 < len(title) <= _MOST_TITLE else shape.name
        types = tuple(self._members(shape, hint))
        self._types.hold(shape.of("required"))
        text = _said(shape)
        doc = docstring([text], "    ") if text else []
        default = () if shape.required or is_key else shape.default
        return Property(shape.name, name, types, shape.required, shape.is_nullable, default, doc)

    def _annotation(self, each: Property) -> Expression:
        types: Sequence[Expression] = [*each.types]
        made = union(types if each.required else self._style.optional(each, types))
        line = f"    {each.name}: {made} = {each.default and each.default[0]}"
        if len(line) + 24 <= WIDTH:
            return made
        short = [self._alias(kind, each.alias) for kind in types]
        return union(short if each.required else self._style.optional(each, short))

    def _alias(self, kind: Expression, hint: str) -> Expression:
        """Return the name of a type that is long, defined before the classes that use it."""
        if not isinstance(kind, Call) or kind.head in ("list", "dict", "tuple"):
            return kind
        text = str(kind)
        if text not in self._aliases:
            name = self._aliases[text] = class_name(f"{hint} value", self._taken)
            self._taken.add(name)
            self._blocks.append("\n".join(statement(f"{name} = ", kind)))
        return self._aliases[text]

    def _hold_names(self, shape: Shape) -> None:
        """Note what is held where no other names are possible."""
        if not shape.closed:
            return
        pattern = portable_names(shape.names)
        if self._name == "pydantic" and shape.names and pattern is None:
            return
        self._types.hold(shape.of(*CLOSERS))
        if self._name != "pydantic":
            self._nameless += [f"{shape.field.pointer or '(root)'} {each}" for each in shape.names]
        for each in shape.left_out:
            allowed = self._name == "pydantic" and pattern and re.search(pattern, each.name)
            if not allowed:
                self._left_out.append(each.field.pointer)


def _uses(text: str, name: str) -> bool:
    return re.search(rf"(?<![\w\"'.]){name}\b(?!\")", text) is not None


def _is_within(limit: Limit, pointers: Iterable[str]) -> bool:
    return any(f"{limit.pointer}/".startswith(f"{each}/") for each in pointers)


def _said(shape: Shape) -> str:
    field = shape.field
    title = f"{field.title}." if field.title else ""
    default = f"Default {_short(field.default)}." if field.has_default else ""
    return " ".join(filter(None, [title, default, _limits(shape.limits)]))


def _limits(limits: Iterable[Limit]) -> str:
    """Return limits in words, each with what it rests on."""
    found: dict[str, list[str]] = {}
    for each in limits:
        keys = ", ".join(source.key for source in each.sources)
        rests = ": ".join(filter(None, [each.says or "", keys]))
        is_shown = each.keyword not in ("type", "enum", "required", *DIRECTIONS)
        value = f" {_short(each.value)}" if is_shown else ""
        found.setdefault(rests, []).append(f"{each.keyword}{value}")
    return "; ".join(
        f"{', '.join(words)} ({rests})" if rests else ", ".join(words)
        for rests, words in found.items()
    )


def _cited(limits: Iterable[Limit]) -> str:
    text = _limits(each for each in limits if each.keyword not in CLOSERS)
    return f" {text}" if text else ""


def _short(value: Any) -> str:
    text = to_json(value)
    return text if len(text) <= _MOST_VALUE else f"{text[: _MOST_VALUE - 1]}…"


def _notes(limits: Iterable[Limit], style: str) -> list[str]:
    """Return the comment that lists limits by their keyword."""
    found: dict[str, list[str]] = {}
    for each in limits:
        value = "" if each.keyword in ("required", *DIRECTIONS) else f" {_short(each.value)}"
        found.setdefault(each.keyword, []).append(f"{each.pointer or '(root)'}{value}")
    if not found:
        return []
    lines = comments(
        f"The style {style} does not hold these limits, which `fieldbound check` does:"
    )
    for keyword, places in sorted(found.items()):
        lines += comments(f"- {keyword}: {', '.join(places)}")
    return lines
