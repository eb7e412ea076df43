"""Tracebacks: chains of exceptions, and where the user's code is."""

from __future__ import annotations

import traceback
from types import FunctionType
from typing import Any

import pytest

from fieldbound.model.tracebacks import (
    caller_location,
    caller_stacklevel,
    exception_chain,
    trim_traceback,
)


def raised(error: BaseException, *, by: BaseException | None = None, within: Any = None) -> Any:
    """Return an exception with a cause and a context."""
    error.__context__ = within
    if by is not None:
        error.__cause__ = by
    return error


def called_from(module: str, function: Any, *arguments: Any) -> Any:
    """Return what a function returns when a module of this name calls it."""

    def call(function: Any, *arguments: Any) -> Any:
        return function(*arguments)

    return FunctionType(call.__code__, {"__name__": module})(function, *arguments)


def test_an_exception_with_all_that_it_comes_from() -> None:
    """Causes, contexts and members of groups are in the chain, each once."""
    first, second, third = ValueError("1"), KeyError("2"), TypeError("3")
    assert exception_chain(None) == []
    assert exception_chain(first) == [first]
    assert exception_chain(raised(second, within=first)) == [second, first]
    assert exception_chain(raised(third, by=first, within=second)) == [third, first]
    group = ValueError("group")
    group.exceptions = (third, first, "no exception")  # type: ignore[attr-defined]
    assert exception_chain(group) == [group, third, first]


def test_a_context_that_is_suppressed_is_left_out() -> None:
    """No traceback shows what `from None` hides."""
    error = raised(ValueError(), within=KeyError())
    error.__suppress_context__ = True
    assert exception_chain(error) == [error]


def test_an_exception_that_comes_from_itself_is_found_once() -> None:
    """The chain ends."""
    one, other = ValueError(), KeyError()
    raised(one, within=raised(other, within=one))
    assert exception_chain(one) == [one, other]


def test_internal_frames_at_the_end_are_removed() -> None:
    """A traceback ends in the user's code; what is internal above that stays."""

    def fail() -> None:
        raise ValueError

    def modules(error: BaseException) -> list[str]:
        return [frame.f_globals["__name__"] for frame, _ in traceback.walk_tb(error.__traceback__)]

    def users() -> None:
        called_from("httpx._client", called_from, "fieldbound.http", fail)

    with pytest.raises(ValueError, match=r"^$") as caught:
        called_from("fieldbound.x", users)
    whole = modules(caught.value)
    assert whole[-1] == __name__
    trim_traceback(caught.value.__traceback__)
    assert modules(caught.value) == whole

    with pytest.raises(ZeroDivisionError) as other:
        called_from("httpx._client", divmod, 1, 0)
    trim_traceback(other.value.__traceback__)
    assert modules(other.value)[-1] == __name__
    trim_traceback(None)


def test_where_a_call_comes_from() -> None:
    """From the innermost frame that is not internal."""
    place = called_from("mine", called_from, "httpx", called_from, "fieldbound.x", caller_location)
    assert place[2] == __name__  # the helper stands between
    direct = called_from("mine", caller_location)
    assert (direct[0], direct[2]) == (__file__, "mine")
    assert called_from("fieldboundary", caller_location)[2] == "fieldboundary"


def test_where_a_call_comes_from_that_only_a_runner_made() -> None:
    """The default is returned, or else the runner's frame."""
    runner = "_pytest.python"
    assert called_from(runner, caller_location)[2] == runner
    assert called_from(runner, caller_location, ("f", 1, "m")) == ("f", 1, "m")
    assert called_from("mine", caller_location, ("f", 1, "m"))[2] == "mine"


def test_the_level_of_a_warning() -> None:
    """It is that of the first frame that is not internal, counted from where it is asked."""
    assert caller_stacklevel() == 1
    assert called_from("mine", caller_stacklevel) == 1
    assert called_from("fieldbound.x", caller_stacklevel) == 2
