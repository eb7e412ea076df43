"""A contract or a schema goes in, Hypothesis strategies for what it takes and refuses come out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, Final, Literal

from hypothesis import strategies as st

from fieldbound.algebra import BUDGET, Chance, Simplest, Source, turn_of
from fieldbound.model import Breach, Inseparable, Limit, Unsatisfiable, closest
from fieldbound.validation import Contract

from .certify import Found, Probe, probe

__all__ = ["from_schema", "invalid", "valid"]

_Draw = Callable[[st.SearchStrategy[Any]], Any]
#: Bytes that are drawn in one go at most.
_LONGEST: Final = 4000
#: Instances tried before one that is known to be valid takes their place.
_TRIES: Final = 4
_SEEDS: Final = 300
#: Bytes that a turn takes, and those before it that choose a mistake and a limit.
_TURN: Final = 2
_HEAD: Final = 3
#: Of 256 draws, those that put an optional attribute beside a mistake: from this one on.
_SPARSE: Final = 192
_KNOWN: Final = 20


def from_schema(
    schema: Mapping[str, Any] | bool,
    *,
    resources: Mapping[str, Any] | None = None,
    formats: Literal["assert", "annotate"] = "assert",
) -> st.SearchStrategy[Any]:
    """Return a strategy for the instances of any JSON Schema of draft 4 to 2020-12.

    *resources* maps URIs to what the schema refers to; nothing is fetched. *formats* is "assert" or
    "annotate". Every instance has been judged valid. It shrinks to the fewest attributes and items,
    the shortest text and the number nearest to zero that the schema takes.

    Raises BrokenContract where the schema is none, Unsatisfiable where it takes nothing: the error
    says which part, and why.
    """
    return valid(Contract(schema, resources=resources, formats=formats))


def valid(contract: Contract) -> st.SearchStrategy[Any]:
    """Return a strategy for the valid instances of a contract.

    Of a hundred some stand at each limit: the shortest and the longest text, the first and the last
    number, each member of an enumeration, each optional attribute absent and present, null where it
    is taken. Texts are such as people write, in many scripts. An instance shrinks to what is
    required, and to the simplest values.

    Raises Unsatisfiable where there is no instance, Unspecified where there is nothing to judge by.
    """
    known = probe(_checked(contract))
    contract.unrecorded_is_valid(None)  # says so at once where there is nothing to judge by
    size = _size(known)
    spare = _Spare(known)
    prepare()

    @st.composite
    def valid_instances(draw: _Draw) -> Any:
        for _ in range(_TRIES):
            instance = known.making.draw(_Drawn(draw, size))
            if contract.unrecorded_is_valid(instance):
                return instance
        return spare.draw(draw)

    return valid_instances()


def invalid(
    contract: Contract, limit: Limit | str | None = None, *, alone: bool = True
) -> st.SearchStrategy[Breach]:
    """Return a strategy for breaches: instances that break one limit of a contract and no other.

    *limit* is one of `contract.limits`, or its id, whole or from its pointer on; without it any
    limit is broken. What breaks it are mistakes that people make. Each breach has been judged by
    both engines, and shrinks to the likeliest mistake in an instance with nothing else in it.

    Limits that cannot be broken but together with others are left out where *limit* is given: it
    raises Inseparable, which names those, unless *alone* is False. Without *limit* they are
    broken together, for people do so: `violation.also` tells by what else it is refused.

    Raises ValueError for a limit that the contract has not, Unsatisfiable and Unspecified as
    `valid` does.
    """
    known = probe(_checked(contract))
    contract.unrecorded_is_valid(None)
    if limit is not None:
        wanted = _limit(contract, limit)
        found = tuple(each for each in known.mistakes(wanted) if each.alone or not alone)
        if not found:
            raise Inseparable(wanted, known.in_the_way(wanted))
        return _breaches(known, lambda _: (wanted, found))
    if not contract.limits:
        raise Unsatisfiable(contract.name, "it has no limit that could be broken")
    return _breaches(known, lambda head: _any_limit(known, head))


def _checked(contract: Contract) -> Contract:
    if not isinstance(contract, Contract):
        kind = type(contract).__name__
        advice = "fieldbound.contract(name) gives one, from_schema() takes a schema"
        raise TypeError(f"contract is a {kind}, but must be a Contract: {advice}")
    return contract


def _limit(contract: Contract, limit: Limit | str) -> Limit:
    if isinstance(limit, Limit) and limit in contract.limits:
        return limit  # several may share an id
    by_id = {each.id: each for each in reversed(contract.limits)}
    by_id |= {each.id.partition("#")[2]: each for each in reversed(contract.limits)}
    name = limit.id if isinstance(limit, Limit) else str(limit).rpartition("#")[2]
    found = by_id.get(name) or by_id.get(name.partition("#")[2])
    if found is None:
        meant = closest(name, by_id)
        advice = f"did you mean {meant!r}?" if meant else "`contract.limits` has them all"
        raise ValueError(f"{contract.name} has no limit {name!r}: {advice}")
    return found


# -- drawing -------------------------------------------------------------------------------------


def _any_limit(known: Probe, head: bytes) -> tuple[Limit, tuple[Found, ...]]:
    first = (head[1] << 8 | head[2]) * len(known.contract.limits) >> 16
    for found in _breakable(known, first):
        return found
    raise Unsatisfiable(known.contract.name, "none of its limits can be broken")


def _breakable(known: Probe, first: int) -> Iterator[tuple[Limit, tuple[Found, ...]]]:
    """Yield limits that can be broken, with the mistakes, from one of them on and round again."""
    limits = known.contract.limits
    for each in (*limits[first:], *limits[:first]):
        if found := known.mistakes(each):
            yield each, found


def _breaches(
    known: Probe, choose: Callable[[bytes], tuple[Limit, tuple[Found, ...]]]
) -> st.SearchStrategy[Breach]:
    size = _size(known)
    prepare()

    @st.composite
    def breaches(draw: _Draw) -> Breach:
        source = _Drawn(draw, size, head=_HEAD)
        source.turn, source.threshold = source.turn or 0, _SPARSE
        limit, mistakes = choose(source.head)
        mistake = mistakes[source.head[0] * len(mistakes) >> 8]
        instance = known.making.place(source, mistake.route, mistake.value)
        violation = known.breaks(instance, limit)
        if (
            violation is None
            or known.rivals(violation) != mistake.rivals
            or not known.agrees(instance, violation)
        ):  # what else is there gets in the way: the simplest instance does
            instance, violation = mistake.instance, mistake.violation
        return Breach(instance, limit, violation)

    return breaches()


class _Drawn:
    """A source that Hypothesis feeds.

    All that is needed by turns is drawn in one go, with *head* bytes more: of what is drawn in
    several alike Hypothesis tries variations in place of new instances, of which each would reach
    other limits.
    """

    threshold = 1

    def __init__(self, draw: _Draw, size: int, head: int = 0) -> None:
        self.budget = BUDGET
        self._draw = draw
        # the simplest takes next to nothing, whatever an instance may have
        more = bool(draw(_BOOLEANS))
        drawn: bytes = draw(_bytes(head + _TURN + size)) if more else bytes(head + _TURN)
        self.head, self._drawn = drawn[:head], drawn[head + _TURN :]
        self.turn = turn_of(drawn[head : head + _TURN], size)
        self._at, self._end = 0, len(self._drawn)

    def bytes(self, count: int) -> Sequence[int]:
        """Return drawn bytes, zeros where there are no more."""
        if self.turn is None and self._at + count > self._end:
            drawn: Sequence[int] = self._draw(_bytes(count))
            return drawn
        found = self._drawn[self._at : min(self._at + count, self._end)]
        self._at += count
        return found.ljust(count, b"\0")

    def enter(self, size: int) -> tuple[int, int]:
        """Keep to the next bytes."""
        before = self._at + size, self._end
        self._end = min(self._end, self._at + size)
        return before

    def leave(self, before: tuple[int, int]) -> None:
        """Go on after them."""
        self._at, self._end = before

    def more(self) -> bool:
        """Return a drawn yes or no; never by turns."""
        return self.turn is None and bool(self._draw(_BOOLEANS))

    def integer(self, least: int, most: int) -> int:
        """Return a drawn integer."""
        if least == most:
            return least
        if self.turn is not None:
            high, low = self.bytes(2)
            return least + ((high << 8 | low) * (most - least + 1) >> 16)
        return int(self._draw(st.integers(least, most)))

    def text(self, least: int, most: int) -> str:
        """Return a drawn text of any characters."""
        if self.turn is not None:
            return "0" * self.integer(least, most)
        return str(self._draw(_text(least, most)))


_BOOLEANS: Final = st.booleans()
_CHARACTERS: Final[st.SearchStrategy[str]] = st.characters(exclude_categories=["Cs"])


@cache
def _bytes(count: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=count, max_size=count)


@cache
def _text(least: int, most: int) -> st.SearchStrategy[str]:
    return st.text(_CHARACTERS, min_size=least, max_size=most)


@cache
def prepare() -> None:
    """Have Hypothesis make its table of characters now: within a draw it takes that for slow."""
    _CHARACTERS.validate()


def _size(known: Probe) -> int:
    """Return how many bytes the whole of an instance takes."""
    return min(known.making.size(known.anatomy.root), _LONGEST)


class _Spare:
    """Instances known to be valid, for where those drawn were not: looked for when first needed."""

    def __init__(self, known: Probe) -> None:
        self._known = known
        self._found: list[Any] | None = None

    def draw(self, draw: _Draw) -> Any:
        """Return one of them. Raises Unsatisfiable where none was found."""
        if self._found is None:
            self._found = list(self._look())
        if not self._found:
            reason = "none of hundreds that were tried is valid, and none is known to be"
            raise Unsatisfiable(self._known.contract.name, reason)
        return self._found[draw(st.integers(0, len(self._found) - 1))]

    def _look(self) -> Any:
        takes, found = self._known.contract.unrecorded_is_valid, 0
        sources: tuple[Source, ...] = (
            Simplest(),
            *(Chance(Random(seed)) for seed in range(_SEEDS)),
        )
        for source in sources:
            instance = self._known.making.draw(source)
            if takes(instance):
                found += 1
                yield instance
            if found >= _KNOWN:
                return
