"""How the work of a call grows with what it is given: counted, not measured in time."""

from __future__ import annotations

import gc
import re
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

#: What twice the input may take at most: a little more than twice the steps.
LINEAR = 2.3


def steps(function: Callable[[], Any]) -> int:
    """Return how many functions a call calls, of Python and of C, and how many lines it runs."""
    count = 0

    def profile(_frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    def trace(_frame: FrameType, event: str, _argument: Any) -> Any:
        nonlocal count
        count += event == "line"  # also of a loop that calls nothing
        return trace

    re.purge()  # what other tests compiled would not be compiled again
    gc.disable()  # its callbacks, such as those of Hypothesis, would be counted
    before = sys.getprofile(), sys.gettrace()
    sys.setprofile(profile)
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before[1])
        sys.setprofile(before[0])
        gc.enable()
    return count


def growth(prepared: Callable[[int], Callable[[], Any]], size: int) -> float:
    """Return how many times the steps of one size are those of twice the size.

    *prepared* returns the call for a size; one of a small size is made before, so that what is
    made once is made.
    """
    prepared(2)()
    one, two = steps(prepared(size)), steps(prepared(2 * size))
    return two / one
