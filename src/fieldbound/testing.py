"""Property tests of code that builds payloads: find the smallest input that breaks a contract."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from inspect import signature
from types import TracebackType
from typing import Any, Final, TypeVar

from fieldbound.validation import checker_of

from .catalog import as_contract
from .model import FieldboundError, Limit, Report, escaped, tokens_of
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
_MAX_SHOWN: Final = 1_000  # maximum number of characters of an input in a message
#: Keywords that limit a length, and the types they apply to.
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
        violations = first_violations(self.report)
        return f"the payload built from {_shown(self.input)} is invalid\n{violations}"


def assert_within(
    build: Callable[[_Input], Any],
    contract: Contract | str,
    inputs: SearchStrategy[_Input],
    *,
    max_examples: int | None = None,
) -> None:
    """Assert that every payload that *build* returns for *inputs* is valid for a contract.

    Raises OutOfBounds with the smallest input found whose payload is invalid. An exception raised
    by *build* is propagated, with the smallest such input in a note. The active Hypothesis profile
    applies, with *max_examples* overriding the profile's. Lists are targeted towards the limits on
    their length; `st.text()` is not, and rarely has more than 40 characters: use `text` of this
    module, also for each part of a concatenation. Not to be used in a test that is itself `@given`:
    validate the one payload there.
    """
    __tracebackhide__ = True
    if currently_in_test_context():
        raise RuntimeError(
            "assert_within cannot be used in a @given test, because it draws inputs itself: "
            "call contract.validate(build(value)) instead"
        )
    if not isinstance(inputs, SearchStrategy):
        raise TypeError(f"inputs is {_shown(inputs)}, but must be a Hypothesis strategy")
    resolved = as_contract(contract)
    checker_of(resolved).check(None)  # compile before any deadline; raises Unspecified
    last = _LastInput()
    try:
        _run_hypothesis(_test_function(build, resolved, last), inputs, max_examples)
    except OutOfBounds as error:
        found = error
    except Exception as error:
        if last.error is error:  # as raised, without what Hypothesis added
            error.__notes__ = [*last.notes, f"smallest input: {_shown(last.input)}"]  # type: ignore[attr-defined,unused-ignore]
            raise error.with_traceback(last.traceback)  # noqa: B904 - the same exception
        raise
    else:
        return
    raise OutOfBounds(found.input, found.payload, found.report) from None


def text(*, min_size: int = 0, max_size: int = 300) -> SearchStrategy[str]:
    """Return a strategy for strings in which every length is equally likely.

    It shrinks to the shortest string of the simplest characters.
    """
    lengths = st.integers(min_size, max_size)
    return lengths.flatmap(lambda length: st.text(min_size=length, max_size=length))


@dataclass
class _LastInput:
    """The last input tried: Hypothesis runs the smallest one again at the end."""

    input: Any = None
    error: BaseException | None = None
    notes: tuple[str, ...] = ()
    traceback: TracebackType | None = None


def _test_function(
    build: Callable[[_Input], Any], contract: Contract, last: _LastInput
) -> Callable[[_Input], None]:
    """Return the test function that Hypothesis runs on each input."""
    length_limits = [
        (tokens_of(limit.pointer), limit) for limit in contract.limits if limit.keyword in _LENGTHS
    ]

    def within(value: _Input) -> None:
        original = _copied(value)  # *build* may change its input
        try:
            payload = build(value)
            for tokens, limit in length_limits:
                _target_length(payload, tokens, limit)
            report = contract.check(payload)
        except Exception as error:
            last.input, last.error = original, error
            last.notes = tuple(getattr(error, "__notes__", ()))
            last.traceback = error.__traceback__ and error.__traceback__.tb_next
            raise
        if not report.ok:
            raise OutOfBounds(original, payload, report)

    # Hypothesis stores failures by the source of the test function: use that of `build`, which
    # differs between tests, but keep the signature of the function called
    within.__signature__ = signature(within)  # type: ignore[attr-defined]
    within.__wrapped__ = build  # type: ignore[attr-defined]
    return within


def _copied(value: _Input) -> _Input:
    try:
        return deepcopy(value)
    except Exception:  # noqa: BLE001 - report the original if it cannot be copied
        return value


def _target_length(payload: Any, tokens: tuple[str, ...], limit: Limit) -> None:
    """Report the length of values to Hypothesis, which then searches for longer ones."""
    kind = _LENGTHS[limit.keyword]
    lengths = [len(each) for each in _values_at(payload, tokens) if isinstance(each, kind)]  # type: ignore[arg-type]
    if lengths:
        target(float(min(max(lengths), limit.value + 1)), label=limit.id)


def _values_at(value: Any, tokens: tuple[str, ...]) -> Iterator[Any]:
    """Yield the values at a path, in which `*` is any item or any name."""
    if not tokens:
        yield value
    elif tokens[0] == "*" and isinstance(value, (dict, list, tuple)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from _values_at(each, tokens[1:])
    elif isinstance(value, dict) and tokens[0] in value:
        yield from _values_at(value[tokens[0]], tokens[1:])


def _run_hypothesis(
    test: Callable[[_Input], None], inputs: SearchStrategy[_Input], max_examples: int | None
) -> None:
    """Run Hypothesis, without its explanations of a failure."""
    __tracebackhide__ = True
    phases = [each for each in settings().phases if each is not Phase.explain]
    overrides: dict[str, Any] = {} if max_examples is None else {"max_examples": max_examples}
    chosen = settings(phases=phases, print_blob=False, report_multiple_bugs=False, **overrides)
    chosen(given(inputs)(test))()


def _shown(value: Any) -> str:
    text = escaped(repr(value))
    return text if len(text) <= _MAX_SHOWN else f"{text[: _MAX_SHOWN - 1]}…"
