"""A builder of payloads goes in; the smallest input whose payload breaks the contract comes out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from inspect import signature
from types import TracebackType
from typing import Any, Final, TypeVar

from .catalog import contract as named
from .model import FieldboundError, Limit, Report, tokens_of
from .render import first_violations
from .validation import Contract

try:
    from hypothesis import (
        Phase,
        currently_in_test_context,
        given,
        settings,
        strategies as st,
        target,
    )
    from hypothesis.strategies import SearchStrategy
except ImportError as error:
    raise ImportError(
        "fieldbound.testing needs Hypothesis: pip install 'fieldbound[testing]'"
    ) from error

__all__ = ["OutOfBounds", "assert_within", "text"]

_Input = TypeVar("_Input")
_LONGEST: Final = 1_000  # characters of an input that a message shows
#: The keywords that bound a length from above, and of what.
_LENGTHS: Final[dict[str, tuple[type, ...]]] = {
    "maxLength": (str,),
    "maxItems": (list, tuple),
    "maxProperties": (dict,),
}


@dataclass(eq=False)
class OutOfBounds(FieldboundError, AssertionError):
    """A *payload* built from an *input* breaks its contract: *report* has every violation."""

    input: Any
    payload: Any = field(repr=False)
    report: Report

    def __str__(self) -> str:
        return f"the payload built from {_shown(self.input)} is out of bounds\n{first_violations(self.report)}"


def assert_within(
    build: Callable[[_Input], Any],
    contract: Contract | str,
    inputs: SearchStrategy[_Input],
    *,
    max_examples: int | None = None,
) -> None:
    """Assert that the payloads that *build* makes of *inputs* keep a contract, or its name.

    Raises OutOfBounds with the smallest input found whose payload does not; what *build* raises by
    itself comes through, with the smallest such input in a note. The active profile of Hypothesis
    counts; *max_examples* takes the place of the profile's. Lists are driven towards the limits;
    an `st.text()` is not, and seldom has more than 40 characters: use `text` of this module, also
    for each part of what is put together. In a test that is itself `@given` there is no room for
    this: check the one payload there.
    """
    __tracebackhide__ = True
    if currently_in_test_context():
        raise RuntimeError(
            "assert_within draws inputs by itself, so it cannot stand in a test that is @given: "
            "there, call contract.validate(build(value))"
        )
    if not isinstance(inputs, SearchStrategy):
        raise TypeError(f"inputs is {_shown(inputs)}, but must be a Hypothesis strategy")
    judge = _contract(contract)
    judge.unrecorded_check(None)  # compiles it outside of any deadline, and has it say Unspecified
    last = _Last()
    try:
        _tried(_judged(build, judge, last), inputs, max_examples)
    except OutOfBounds as error:
        found = error
    except Exception as error:
        if last.error is error:  # as it was raised, without what Hypothesis has added
            error.__notes__ = [*last.notes, f"the smallest input: {_shown(last.input)}"]  # type: ignore[attr-defined,unused-ignore]
            raise error.with_traceback(last.traceback)  # noqa: B904 - it is the same one
        raise
    else:
        return
    raise OutOfBounds(found.input, found.payload, found.report) from None


def _contract(contract: Contract | str) -> Contract:
    judge = named(contract) if isinstance(contract, str) else contract
    if not isinstance(judge, Contract):
        raise TypeError(f"contract is {_shown(judge)}, but must be a Contract, or its name")
    return judge


def text(*, min_size: int = 0, max_size: int = 300) -> SearchStrategy[str]:
    """Return a strategy of texts in which no length is rarer than another.

    It shrinks to the shortest text of the simplest characters.
    """
    lengths = st.integers(min_size, max_size)
    return lengths.flatmap(lambda length: st.text(min_size=length, max_size=length))


@dataclass
class _Last:
    """What was tried last: in the end Hypothesis tries the smallest input once more."""

    input: Any = None
    error: BaseException | None = None
    notes: tuple[str, ...] = ()
    traceback: TracebackType | None = None


def _judged(
    build: Callable[[_Input], Any], contract: Contract, last: _Last
) -> Callable[[_Input], None]:
    """Return what is done with each input."""
    lengths = [
        (tokens_of(limit.pointer), limit) for limit in contract.limits if limit.keyword in _LENGTHS
    ]

    def within(value: _Input) -> None:
        drawn = _copied(value)  # what builds may change what it is given
        try:
            payload = build(value)
            for names, limit in lengths:
                _drive(payload, names, limit)
            report = contract.check(payload)
        except Exception as error:
            last.input, last.error = drawn, error
            last.notes = tuple(getattr(error, "__notes__", ()))
            last.traceback = error.__traceback__ and error.__traceback__.tb_next
            raise
        if not report.ok:
            raise OutOfBounds(drawn, payload, report)

    # by its source Hypothesis knows which failure to try first the next time: that of `build` tells
    # one test from another, and the signature is that of the function that is called
    within.__signature__ = signature(within)  # type: ignore[attr-defined]
    within.__wrapped__ = build  # type: ignore[attr-defined]
    return within


def _copied(value: _Input) -> _Input:
    try:
        return deepcopy(value)
    except Exception:  # noqa: BLE001 - whatever cannot be copied is told as it is
        return value


def _drive(payload: Any, names: tuple[str, ...], limit: Limit) -> None:
    """Tell Hypothesis how near a payload comes to a limit on a length, for it to come nearer."""
    kind = _LENGTHS[limit.keyword]
    sizes = [len(each) for each in _at(payload, names) if isinstance(each, kind)]  # type: ignore[arg-type]
    if sizes:
        target(float(min(max(sizes), limit.value + 1)), label=limit.id)


def _at(value: Any, names: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values at a path, `*` being any item or any name."""
    if not names:
        yield value
    elif names[0] == "*" and isinstance(value, (dict, list, tuple)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _at(each, names[1:])
    elif isinstance(value, dict) and names[0] in value:
        yield from _at(value[names[0]], names[1:])


def _tried(
    judged: Callable[[_Input], None], inputs: SearchStrategy[_Input], max_examples: int | None
) -> None:
    """Have Hypothesis try inputs; what it would say of a failure beside the input is not asked."""
    __tracebackhide__ = True
    phases = [each for each in settings().phases if each is not Phase.explain]
    asked: dict[str, Any] = {} if max_examples is None else {"max_examples": max_examples}
    chosen = settings(phases=phases, print_blob=False, report_multiple_bugs=False, **asked)
    chosen(given(inputs)(judged))()


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
