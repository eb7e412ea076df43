"""A matcher of regular expressions with back references, in the order that ECMA-262 prescribes.

What the groups have matched counts as well as the position, so every way is tried, and the number
of steps alone bounds the search.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from .code_points import folded
from .regex_matcher import CALL, CHARS_PER_STEP, TextSearch, TooManyStepsError, outcome_of
from .regex_program import (
    BOUNDARY,
    CHAR,
    CHAR_BEHIND,
    CHECK,
    END,
    JUMP,
    LINE_END,
    LINE_START,
    LOOK,
    MARK,
    MATCH,
    PEEK,
    REFERENCE,
    REFERENCE_BEHIND,
    RESET,
    RUN,
    RUN_BEHIND,
    SAVE,
    SPLIT,
    START,
    Instruction,
    Program,
)

#: Positions of groups that are copied in the time of a step.
_POSITIONS_PER_STEP: Final = 64

#: What the groups have matched, two positions each, and where repetitions started, the last first.
_Groups = tuple[int | None, ...]
_Marks = tuple[Any, ...]
#: An instruction, a position, the groups and the marks.
_Way = tuple[int, int, _Groups, _Marks]


def search(program: Program, text: str, most: int) -> tuple[bool | None, int]:
    """Return whether a text has a match of a program, and how many steps that took.

    It is None where *most* steps, over all places where a match may start, are too few.
    """
    return outcome_of(_SearchWithGroups(program, text, most))


class _SearchWithGroups(TextSearch):
    def __init__(self, program: Program, text: str, most: int) -> None:
        super().__init__(program, text, most)
        #: Ways that are not tried yet, each with the last position of its kind.
        self._stack: list[tuple[_Way, int]] = []

    def matches_at(self, start: int) -> bool:
        groups = (None,) * (self._program.slots + 2)
        return self._matches(self._program.main, start, groups) is not None

    def _matches(self, code: list[Instruction], start: int, groups: _Groups) -> _Groups | None:
        """Return what the groups have matched where instructions match from a position on."""
        self._take(CALL)
        outer, self._stack = self._stack, [((0, start, groups, ()), start)]
        stack = self._stack
        found = None
        while stack and found is None:
            way: _Way | None
            way, last = stack.pop()
            at, position, groups, marks = way
            if position != last:
                step = 1 if position < last else -1
                stack.append(((at, position + step, groups, marks), last))
            while way is not None:
                self.steps_left -= 1
                if self.steps_left < 0:
                    raise TooManyStepsError
                instruction = code[way[0]]
                if instruction[0] == MATCH:
                    found = way[2]
                    break
                way = _STEPS[instruction[0]](self, instruction, way)
        self._stack = outer
        return found

    # -- a step: how the search goes on, None for not at all ---------------------------------------

    def _char(self, instruction: Instruction, way: _Way) -> _Way | None:
        at, position, groups, marks = way
        if position < len(self._text) and instruction[1][self._text[position]]:
            return at + 1, position + 1, groups, marks
        return None

    def _char_behind(self, instruction: Instruction, way: _Way) -> _Way | None:
        at, position, groups, marks = way
        if position and instruction[1][self._text[position - 1]]:
            return at + 1, position - 1, groups, marks
        return None

    def _some(self, instruction: Instruction, way: _Way) -> _Way | None:
        at, position, groups, marks = way
        ends = self._run(instruction, position)
        if ends is None:
            return None
        first, last = ends if instruction[-1] else ends[::-1]
        if first != last:
            step = 1 if first < last else -1
            self._stack.append(((at + 1, first + step, groups, marks), last))
        return at + 1, first, groups, marks

    def _split(self, instruction: Instruction, way: _Way) -> _Way | None:
        self._stack.append(((instruction[2], *way[1:]), way[1]))
        return instruction[1], *way[1:]

    def _jump(self, instruction: Instruction, way: _Way) -> _Way | None:
        return instruction[1], *way[1:]

    def _assert(self, instruction: Instruction, way: _Way) -> _Way | None:
        return (way[0] + 1, *way[1:]) if self._holds(instruction, way[1]) else None

    def _look(self, instruction: Instruction, way: _Way) -> _Way | None:
        _, number, negated = instruction
        at, position, groups, marks = way
        found = self._matches(self._program.looks[number], position, groups)
        if (found is None) is not negated:
            return None
        return at + 1, position, groups if found is None else found, marks

    def _save(self, instruction: Instruction, way: _Way) -> _Way | None:
        at, position, groups, marks = way
        slot = instruction[1]
        self._take(len(groups) // _POSITIONS_PER_STEP)
        return at + 1, position, (*groups[:slot], position, *groups[slot + 1 :]), marks

    def _reset(self, instruction: Instruction, way: _Way) -> _Way | None:
        at, position, groups, marks = way
        _, first, end = instruction
        self._take(len(groups) // _POSITIONS_PER_STEP)
        return at + 1, position, (*groups[:first], *(None,) * (end - first), *groups[end:]), marks

    def _mark(self, instruction: Instruction, way: _Way) -> _Way | None:  # noqa: ARG002
        at, position, groups, marks = way
        return at + 1, position, groups, (position, marks)

    def _check(self, instruction: Instruction, way: _Way) -> _Way | None:  # noqa: ARG002
        at, position, groups, marks = way
        return None if marks[0] == position else (at + 1, position, groups, marks[1])

    def _repeated(self, instruction: Instruction, way: _Way) -> _Way | None:
        """Match what a group has matched; one that took no part has matched nothing."""
        name, slots, any_case = instruction
        at, position, groups, marks = way
        spans = [(groups[slot], groups[slot + 1]) for slot in slots]
        known = [(low, high) for low, high in spans if low is not None and high is not None]
        low, high = known[0] if known else (0, 0)
        size = high - low
        self._take(size // CHARS_PER_STEP)
        start = position if name == REFERENCE else position - size
        if start < 0:
            return None
        one, other = self._text[low:high], self._text[start : start + size]
        if one != other and not (any_case and _folded_text(one) == _folded_text(other)):
            return None
        return at + 1, position + size if name == REFERENCE else start, groups, marks


_STEPS: Final[dict[int, Callable[[_SearchWithGroups, Instruction, _Way], _Way | None]]] = {
    CHAR: _SearchWithGroups._char,
    CHAR_BEHIND: _SearchWithGroups._char_behind,
    RUN: _SearchWithGroups._some,
    RUN_BEHIND: _SearchWithGroups._some,
    SPLIT: _SearchWithGroups._split,
    JUMP: _SearchWithGroups._jump,
    LOOK: _SearchWithGroups._look,
    SAVE: _SearchWithGroups._save,
    RESET: _SearchWithGroups._reset,
    MARK: _SearchWithGroups._mark,
    CHECK: _SearchWithGroups._check,
    REFERENCE: _SearchWithGroups._repeated,
    REFERENCE_BEHIND: _SearchWithGroups._repeated,
    **dict.fromkeys((START, END, LINE_START, LINE_END, BOUNDARY, PEEK), _SearchWithGroups._assert),
}


def _folded_text(text: str) -> list[int]:
    return [folded(ord(char)) for char in text]
