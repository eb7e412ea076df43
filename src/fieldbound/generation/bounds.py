"""Forms go in, what they come to comes out: attributes, texts, whether there is any value."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from math import inf
from typing import Any, Final, NamedTuple

from fieldbound.algebra import (
    ANYTHING,
    Algebra,
    All,
    Amounts,
    Arrays,
    Either,
    Form,
    Nothing,
    Numbers,
    Objects,
    Reference,
    Spelling,
    Texts,
    Values,
    matches,
    meet,
)
from fieldbound.model import pointer_of

_NOTHING: Final = Nothing()
#: Items beyond which no array is made.
_MOST_ITEMS: Final = 100_000


class Attribute(NamedTuple):
    """One attribute that an object may have."""

    name: str
    form: Form
    required: bool


class Anatomy:
    """What the forms of one algebra come to, each worked out once."""

    def __init__(self, algebra: Algebra) -> None:
        self.algebra = algebra
        self.root = algebra.root
        self._heights: dict[Form, float] = {}
        self._opened: dict[Form, Form] = {}
        self._amounts: dict[Form, Amounts] = {}
        self._judges: dict[Form, Callable[[Any], bool]] = {}
        self._attributes: dict[Objects, list[Attribute]] = {}
        self._spellings: dict[Form, Spelling] = {}

    # -- what forms come to ----------------------------------------------------------------------

    def resolved(self, form: Form) -> Form:
        """Return the form that a reference leads to, or the form itself."""
        seen: set[Form] = set()
        while isinstance(form, Reference) and form not in seen:
            seen.add(form)
            form = self.algebra.target(form)
        return form

    def opened(self, form: Form) -> Form:
        """Return a form, of which a single object or array is told part by part."""
        form = self.resolved(form)
        if not isinstance(form, Values) or form in self._opened:
            return self._opened.get(form, form)
        whole = next((each for each in form.values if isinstance(each, (dict, list))), None)
        found: Form = form
        if isinstance(whole, dict):
            parts = {name: Values((each,)) for name, each in whole.items()}
            found = Objects(required=tuple(parts), named=parts, other=_NOTHING)
        elif isinstance(whole, list):
            items = tuple(Values((each,)) for each in whole)
            found = Arrays(len(items), len(items), first=items, rest=_NOTHING)
        self._opened[form] = found
        return found

    def spelling(self, form: Texts) -> Spelling:
        """Return the texts of a form."""
        found = self._spellings.get(form)
        if found is None:
            found = self._spellings[form] = Spelling(form)
        return found

    def amounts(self, form: Numbers) -> Amounts:
        """Return the numbers of a form."""
        found = self._amounts.get(form)
        if found is None:
            found = self._amounts[form] = Amounts(form)
        return found

    def takes(self, form: Form) -> Callable[[Any], bool]:
        """Return what tells whether a value is of a form."""
        found = self._judges.get(form)
        if found is None:
            found = self._judges[form] = self.algebra.judge(form)
        return found

    def attributes(self, form: Objects) -> list[Attribute]:
        """Return the attributes an object is known to have, those required first."""
        found = self._attributes.get(form)
        if found is None:
            names = list(dict.fromkeys((*form.required, *form.named)))
            allowed = [name for name in names if form.names is None or self.has(form.names, name)]
            found = self._attributes[form] = [
                Attribute(name, self.value_of(form, name), name in form.required)
                if name in allowed
                else Attribute(name, _NOTHING, name in form.required)
                for name in names
            ]
        return found

    def value_of(self, form: Objects, name: str) -> Form:
        """Return the form of the value that an attribute has by its name."""
        forms = [form.named[name]] if name in form.named else []
        forms += [each for pattern, each in form.patterned.items() if matches(pattern, name)]
        if not forms:
            return form.other
        return forms[0] if len(forms) == 1 else self.algebra.both(forms)

    def has(self, form: Form, text: str) -> bool:
        """Return whether a form takes a text."""
        form = self.resolved(form)
        match form:
            case Values(values):
                return text in [each for each in values if isinstance(each, str)]
            case Texts():
                return self.spelling(form).has(text)
            case Either(branches):
                return any(self.has(each, text) for each in branches)
            case All(branches):
                return all(self.has(each, text) for each in branches)
        return False

    def names(self, form: Objects) -> Iterator[Texts | Values]:
        """Yield what names attributes may have that are not known by name."""
        families = [
            Texts(patterns=(pattern,), excluded=tuple(form.named)) for pattern in form.patterned
        ]
        if not isinstance(self.resolved(form.other), Nothing):
            families.append(Texts(avoided=tuple(form.patterned), excluded=tuple(form.named)))
        for family in families:
            yield from self._met(family, form.names)

    def _met(self, family: Texts, names: Form | None) -> Iterator[Texts | Values]:
        names = None if names is None else self.resolved(names)
        match names:
            case None:
                yield family
            case Texts():
                yield meet(family, names)
            case Values(values):
                taken = [each for each in values if isinstance(each, str)]
                taken = [each for each in taken if self.spelling(family).has(each)]
                if taken:
                    yield Values(tuple(taken))
            case Either(branches):
                for each in branches:
                    yield from self._met(family, each)
            case All(branches):
                yield from self._met(family, branches[0])

    # -- whether there is any ----------------------------------------------------------------------

    def why_nothing(self) -> str:
        """Say why there is no instance at all."""
        told = self.algebra.why_nothing()
        if told is not None:
            return told
        for path, form in self._missing(self.root, (), ()):
            at = f"at {pointer_of(path) or 'the root'}"
            if isinstance(form, Arrays) and form.least > _MOST_ITEMS:
                return f"{form.least} items are too many to be made, {at}"
            if isinstance(form, Texts):
                spelling = self.spelling(form)
                found = "there is no text" if spelling.proven else "no text was found"
                return f"{found} {form.said()} {at}"
        return "no instance can ever be complete: what it requires requires more of the same"

    def _missing(
        self, form: Form, path: tuple[str, ...], above: tuple[Form, ...]
    ) -> Iterator[tuple[tuple[str, ...], Form]]:
        """Yield what is needed and not to be had, the parts of it first, each with its path."""
        form = self.resolved(form)
        if form in above or self.height(form) < inf:
            return
        above = (*above, form)
        match form:
            case Objects():
                for each in self.attributes(form):
                    if each.required:
                        yield from self._missing(each.form, (*path, each.name), above)
            case Arrays():
                for index, item in enumerate((*form.first[: form.least], form.rest)):
                    yield from self._missing(item, (*path, str(index)), above)
            case Either(branches) | All(branches):
                for branch in branches:
                    yield from self._missing(branch, path, above)
        yield path, form

    def height(self, form: Form) -> float:
        """Return how deep an instance has to nest at least; infinite: there is none."""
        if form not in self._heights:
            self._heights[form] = inf
            changed = True
            while changed:  # until what refers to itself has come to rest
                self._changed = False
                self._visited: set[Form] = set()
                self._measure(form)
                changed = self._changed
        return self._heights[form]

    def _measure(self, form: Form) -> float:
        if form in self._visited:
            return self._heights.get(form, inf)
        self._visited.add(form)
        height = self._measured(form)
        if height != self._heights.get(form, inf):
            self._changed = True
        self._heights[form] = height
        return height

    def _measured(self, form: Form) -> float:
        match form:
            case Reference():
                return 0 if form is ANYTHING else self._measure(self.algebra.target(form))
            case Either(branches):
                return min((self._measure(each) for each in branches), default=inf)
            case All(branches):
                return max(self._measure(each) for each in branches)
            case Arrays():
                return self._array_height(form)
            case Objects():
                needed = [each.form for each in self.attributes(form) if each.required]
                return 1 + max((self._measure(each) for each in needed), default=0)
        return 0 if self._has_any(form) else inf

    def _has_any(self, form: Form) -> bool:
        match form:
            case Values(values):
                return bool(values)
            case Texts():
                return bool(self.spelling(form).edges)
            case Numbers():
                return bool(self.amounts(form).edges)
        return False

    def _array_height(self, form: Arrays) -> float:
        if form.least > _MOST_ITEMS or (form.most is not None and form.most < form.least):
            return inf
        needed = [*form.first[: form.least], *([form.rest] if form.least > len(form.first) else [])]
        needed += [each.item for each in form.contained if each.least > 0]
        return 1 + max((self._measure(each) for each in needed), default=0)
