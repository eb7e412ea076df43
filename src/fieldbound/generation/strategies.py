"""Hypothesis strategies for the valid and the invalid instances of a contract or a schema."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from random import Random
from typing import Any, Final, Literal

from hypothesis import strategies as st

from fieldbound.algebra import BUDGET, RandomSource, SeededSource, SimplestSource, cycle_of
from fieldbound.catalog import as_contract
from fieldbound.model import Breach, Inseparable, Limit, Unsatisfiable, closest_name
from fieldbound.validation import Contract, checker_of

from .certify import CertifiedMutation, Certifier, certifier_of

__all__ = ["from_schema", "invalid", "valid"]

_Draw = Callable[[st.SearchStrategy[Any]], Any]
#: Maximum number of bytes drawn at once.
_MAX_BYTES: Final = 4000
#: Attempts before an instance that is known to be valid is used instead.
_TRIES: Final = 4
_SEEDS: Final = 300
#: Bytes that select a cycle, and those before them that select a mutation and a limit.
_CYCLE_BYTES: Final = 2
_HEAD_BYTES: Final = 3
#: Of 256 draws, those from here on include an optional property beside a mutation.
_INCLUDE_FROM: Final = 192
_MAX_FALLBACKS: Final = 20


def from_schema(
    schema: Mapping[str, Any] | bool,
    *,
    resources: Mapping[str, Any] | None = None,
    formats: Literal["assert", "annotate"] = "assert",
) -> st.SearchStrategy[Any]:
    """Return a strategy for the instances of any JSON Schema of draft 4 to 2020-12.

    *resources* maps URIs to the schemas that are referenced; nothing is fetched. *formats* is
    "assert" or "annotate". Every instance has been checked. It shrinks to the fewest properties and
    items, the shortest string and the number nearest to zero that the schema accepts.

    Raises BrokenContract for an invalid schema, Unsatisfiable for one that has no valid instance:
    the error says which part, and why.
    """
    return valid(Contract(schema, resources=resources, formats=formats))


def valid(contract: Contract | str) -> st.SearchStrategy[Any]:
    """Return a strategy for the valid instances of a contract, or of the one of that name.

    A hundred of them cover every limit: the shortest and the longest string, the smallest and the
    largest number, each member of an enumeration, each optional property absent and present, null
    where it is allowed. Strings are realistic, in many scripts. An instance shrinks to the required
    properties, and to the simplest values.

    Raises Unsatisfiable if no instance is valid, Unspecified if there is no documented schema.
    """
    contract = as_contract(contract)
    certifier = certifier_of(contract)
    checker_of(contract).is_valid(None)  # raises Unspecified now rather than when drawing
    size = _size(certifier)
    fallback = _Fallback(certifier)
    prepare()

    @st.composite
    def valid_instances(draw: _Draw) -> Any:
        for _ in range(_TRIES):
            instance = certifier.generator.draw(_HypothesisSource(draw, size))
            if checker_of(contract).is_valid(instance):
                return instance
        return fallback.draw(draw)

    return valid_instances()


def invalid(
    contract: Contract | str, limit: Limit | str | None = None, *, alone: bool = True
) -> st.SearchStrategy[Breach]:
    """Return a strategy for breaches: instances that break one limit of a contract and no other.

    *limit* is one of `contract.limits`, or its id, in full or from its pointer on; without it any
    limit is broken, by common mistakes. Each breach has been checked by both validators, and
    shrinks to the likeliest mistake in an instance with nothing else in it.

    A *limit* that cannot be broken without breaking others raises Inseparable, which names them,
    unless *alone* is False. Without *limit* such limits are broken together with the others, which
    are in `violation.also`.

    Raises ValueError for a limit that the contract does not have, Unsatisfiable and Unspecified as
    `valid` does.
    """
    contract = as_contract(contract)
    certifier = certifier_of(contract)
    checker_of(contract).is_valid(None)
    if limit is not None:
        chosen = _find_limit(contract, limit)
        found = tuple(each for each in certifier.mutations(chosen) if each.alone or not alone)
        if not found:
            raise Inseparable(chosen, certifier.blocking_limits(chosen))
        return _breaches(certifier, lambda _: (chosen, found))
    if not contract.limits:
        raise Unsatisfiable(contract.name, "the contract has no limits")
    return _breaches(certifier, lambda head: _any_limit(certifier, head))


def _find_limit(contract: Contract, limit: Limit | str) -> Limit:
    if isinstance(limit, Limit) and limit in contract.limits:
        return limit  # several limits may share an id
    by_id = {each.id: each for each in reversed(contract.limits)}
    by_id |= {each.id.partition("#")[2]: each for each in reversed(contract.limits)}
    name = limit.id if isinstance(limit, Limit) else str(limit).rpartition("#")[2]
    found = by_id.get(name) or by_id.get(name.partition("#")[2])
    if found is None:
        meant = closest_name(name, by_id)
        advice = f"did you mean {meant}?" if meant else "see contract.limits"
        raise ValueError(f"{contract.name} has no limit {name!r}; {advice}")
    return found


# -- drawing -------------------------------------------------------------------------------------


def _any_limit(certifier: Certifier, head: bytes) -> tuple[Limit, tuple[CertifiedMutation, ...]]:
    first = (head[1] << 8 | head[2]) * len(certifier.contract.limits) >> 16
    for found in _breakable(certifier, first):
        return found
    raise Unsatisfiable(certifier.contract.name, "none of its limits can be broken")


def _breakable(
    certifier: Certifier, first: int
) -> Iterator[tuple[Limit, tuple[CertifiedMutation, ...]]]:
    """Yield the limits that can be broken, with their mutations, starting at one of them."""
    limits = certifier.contract.limits
    for each in (*limits[first:], *limits[:first]):
        if found := certifier.mutations(each):
            yield each, found


def _breaches(
    certifier: Certifier, choose: Callable[[bytes], tuple[Limit, tuple[CertifiedMutation, ...]]]
) -> st.SearchStrategy[Breach]:
    size = _size(certifier)
    prepare()

    @st.composite
    def breaches(draw: _Draw) -> Breach:
        source = _HypothesisSource(draw, size, head=_HEAD_BYTES)
        source.cycle, source.threshold = source.cycle or 0, _INCLUDE_FROM
        limit, mutations = choose(source.head)
        mutation = mutations[source.head[0] * len(mutations) >> 8]
        instance = certifier.generator.build_with(source, mutation.path, mutation.value)
        violation = certifier.sole_violation(instance, limit)
        if (
            violation is None
            or certifier.other_limits(violation) != mutation.other_limits
            or not certifier.reference_agrees(instance, violation)
        ):  # the rest of the instance interferes: use the simplest instance
            instance, violation = mutation.instance, mutation.violation
        return Breach(instance, limit, violation)

    return breaches()


class _HypothesisSource:
    """A source of random choices that Hypothesis draws.

    A cycle draws all its bytes at once, with *head* bytes more: given several similar draws,
    Hypothesis would vary them rather than generate new instances, which cover other limits.
    """

    threshold = 1

    def __init__(self, draw: _Draw, size: int, head: int = 0) -> None:
        self.budget = BUDGET
        self._draw = draw
        # the simplest instance takes a few bytes only, however large instances may be
        more = bool(draw(_BOOLEANS))
        drawn: bytes = (
            draw(_binary(head + _CYCLE_BYTES + size)) if more else bytes(head + _CYCLE_BYTES)
        )
        self.head, self._drawn = drawn[:head], drawn[head + _CYCLE_BYTES :]
        self.cycle = cycle_of(drawn[head : head + _CYCLE_BYTES], size)
        self._at, self._end = 0, len(self._drawn)

    def bytes(self, count: int) -> Sequence[int]:
        """Return drawn bytes, zeros if there are no more."""
        if self.cycle is None and self._at + count > self._end:
            drawn: Sequence[int] = self._draw(_binary(count))
            return drawn
        found = self._drawn[self._at : min(self._at + count, self._end)]
        self._at += count
        return found.ljust(count, b"\0")

    def enter(self, size: int) -> tuple[int, int]:
        """Reserve the next bytes for a part."""
        before = self._at + size, self._end
        self._end = min(self._end, self._at + size)
        return before

    def leave(self, before: tuple[int, int]) -> None:
        """Continue after that part."""
        self._at, self._end = before

    def more(self) -> bool:
        """Return a drawn boolean; False in a cycle."""
        return self.cycle is None and bool(self._draw(_BOOLEANS))

    def integer(self, minimum: int, maximum: int) -> int:
        """Return a drawn integer."""
        if minimum == maximum:
            return minimum
        if self.cycle is not None:
            high, low = self.bytes(2)
            return minimum + ((high << 8 | low) * (maximum - minimum + 1) >> 16)
        return int(self._draw(st.integers(minimum, maximum)))

    def string(self, minimum: int, maximum: int) -> str:
        """Return a drawn string of any characters."""
        if self.cycle is not None:
            return "0" * self.integer(minimum, maximum)
        return str(self._draw(_strings(minimum, maximum)))


_BOOLEANS: Final = st.booleans()
_CHARACTERS: Final[st.SearchStrategy[str]] = st.characters(exclude_categories=["Cs"])


@cache
def _binary(count: int) -> st.SearchStrategy[bytes]:
    return st.binary(min_size=count, max_size=count)


@cache
def _strings(minimum: int, maximum: int) -> st.SearchStrategy[str]:
    return st.text(_CHARACTERS, min_size=minimum, max_size=maximum)


@cache
def prepare() -> None:
    """Build the character table of Hypothesis now: within a draw it would count as slow."""
    _CHARACTERS.validate()


def _size(certifier: Certifier) -> int:
    """Return the number of bytes to draw for an instance."""
    return min(certifier.generator.byte_count(certifier.analysis.root), _MAX_BYTES)


class _Fallback:
    """Instances known to be valid, for when drawn ones are not; searched when first needed."""

    def __init__(self, certifier: Certifier) -> None:
        self._certifier = certifier
        self._found: list[Any] | None = None

    def draw(self, draw: _Draw) -> Any:
        """Return one of them. Raises Unsatisfiable if none was found."""
        if self._found is None:
            self._found = list(self._search())
        if not self._found:
            reason = f"none of {_SEEDS} candidates is valid"
            raise Unsatisfiable(self._certifier.contract.name, reason)
        return self._found[draw(st.integers(0, len(self._found) - 1))]

    def _search(self) -> Any:
        is_valid, found = checker_of(self._certifier.contract).is_valid, 0
        sources: tuple[RandomSource, ...] = (
            SimplestSource(),
            *(SeededSource(Random(seed)) for seed in range(_SEEDS)),
        )
        for source in sources:
            instance = self._certifier.generator.draw(source)
            if is_valid(instance):
                found += 1
                yield instance
            if found >= _MAX_FALLBACKS:
                return
