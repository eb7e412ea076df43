"""A matcher of regular expressions that counts its steps: it matches, it does not, or it gives up.

Without back references a state is an instruction and a position, and no state is entered twice: the
steps grow with the text, not exponentially. With them, what the groups have matched counts as well,
and the number of steps alone bounds the search.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple

from .code_points import folded
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
    LOOP,
    LOOP_BEHIND,
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

#: The steps of one search, over all places where a match may start.
MAX_STEPS: Final = 250_000
#: Characters that Python's expression passes in the time of a step.
_CHARS_PER_STEP: Final = 32
#: Steps in whose time a search starts.
_CALL: Final = 2
_LINE_ENDS: Final = frozenset("\n\r\u2028\u2029")


class _TooManyStepsError(Exception):
    """The search takes more steps than it may."""


def search(program: Program, text: str, most: int = MAX_STEPS) -> bool | None:
    """Return whether a text has a match of a program, None where that takes too many steps."""
    kind = _SearchWithGroups if program.has_references else _Search
    starts: Iterable[int] = range(1 if program.anchored else len(text) + 1)
    if program.first is not None:
        starts = (found.start() for found in program.first.finditer(text))
    made = kind(program, text, most)
    try:
        return any(made.matches_at(start) for start in starts)
    except _TooManyStepsError:
        return None


def farthest(program: Program, text: str, most: int = MAX_STEPS) -> int | None:
    """Return how far a text goes on like a match that starts at its start, None if it has one."""
    made = _Search(program, text, most)
    try:
        return None if made.matches_at(0) else made.farthest()
    except _TooManyStepsError:
        return None


class _Text:
    """What both searches ask of the text."""

    def __init__(self, program: Program, text: str, most: int) -> None:
        self._program, self._text = program, text
        self._steps_left = most
        self._run_to = 0

    def _take(self, steps: int) -> None:
        self._steps_left -= steps
        if self._steps_left < 0:
            raise _TooManyStepsError

    def _holds(self, instruction: Instruction, at: int) -> bool:
        """Return whether an anchor or a word boundary holds at a position."""
        code, text = instruction[0], self._text
        if code == START:
            return at == 0
        if code == END:
            return at == len(text)
        if code == LINE_START:
            return at == 0 or text[at - 1] in _LINE_ENDS
        if code == LINE_END:
            return at == len(text) or text[at] in _LINE_ENDS
        if code == PEEK:
            return self._sees(instruction, at)
        _, word, negated = instruction
        before = at > 0 and word[text[at - 1]]
        after = at < len(text) and word[text[at]]
        return bool(before == after) is negated

    def _sees(self, instruction: Instruction, at: int) -> bool:
        _, expression, sizes, negated = instruction
        if sizes is None:
            return (expression.match(self._text, at) is None) is negated
        starts = [at - size for size in sizes if size <= at]
        found = any(expression.fullmatch(self._text, start, at) for start in starts)
        return found is not negated

    def _run(self, instruction: Instruction, at: int) -> tuple[int, int] | None:
        """Return the positions where a run of one class may end: the nearest and the farthest."""
        code, members, expression, least, most, _ = instruction
        text = self._text
        if code == RUN and expression is not None:
            end = expression.match(text, at, at + most if most is not None else len(text)).end()
            self._take((end - at) // _CHARS_PER_STEP)
            self._run_to = max(self._run_to, end)
            return (at + least, end) if at + least <= end else None
        step = 1 if code == RUN else -1
        end, bound = at, (len(text) if code == RUN else 0)
        while end != bound and abs(end - at) != most:
            if not members[text[end if code == RUN else end - 1]]:
                break
            end += step
        self._take(abs(end - at))
        return (at + step * least, end) if abs(end - at) >= least else None


#: An instruction's index and a position; no instruction where there is no match this way.
_Next = tuple[int, int]
#: Where to go on: an instruction, the positions from one to another, and the state before.
_Branch = tuple[int, int, int, int]


class _Search(_Text):
    """A search without back references: it enters no state twice.

    A state is a number: that of the instruction and of the position.
    """

    def __init__(self, program: Program, text: str, most: int) -> None:
        super().__init__(program, text, most)
        self._width = len(text) + 1
        #: For each lookaround and the pattern: the states entered, with the state before each.
        self._entered: list[dict[int, int]] = [{} for _ in range(len(program.looks) + 1)]
        #: For each of these the states from which it matches.
        self._matching: list[set[int]] = [set() for _ in range(len(program.looks) + 1)]
        self._stack: list[_Branch] = []

    def matches_at(self, start: int) -> bool:
        """Return whether there is a match that starts at a position."""
        return self._matches(self._program.main, start, -1)

    def farthest(self) -> int:
        """Return the greatest position that a search has reached."""
        return max(self._run_to, *(state % self._width for state in self._entered[-1]))

    def _matches(self, code: list[Instruction], start: int, look: int) -> bool:
        """Return whether instructions match from a position on; *look* is the lookaround's number.

        A state that has been entered is one that fails, unless it is among those that match.
        """
        entered, matching, width = self._entered[look], self._matching[look], self._width
        self._take(_CALL)
        outer, self._stack = self._stack, [(0, start, start, -1)]
        stack, met = self._stack, list[tuple[int, int]]()
        while stack:
            at, position, last, before = stack.pop()
            if position != last:
                stack.append((at, position + (1 if position < last else -1), last, before))
            while at >= 0:
                state = at * width + position
                instruction = code[at]
                if state in entered:
                    if before >= 0:
                        met.append((before, state))
                    if state not in matching:
                        break
                elif instruction[0] != MATCH:
                    entered[state], before = before, state
                    self._steps_left -= 1
                    if self._steps_left < 0:
                        raise _TooManyStepsError
                    at, position = _STEPS[instruction[0]](self, instruction, at, position)
                    continue
                self._stack = outer
                self._remember(look, before, met)
                return True
        self._stack = outer
        return False

    def _remember(self, look: int, state: int, met: list[tuple[int, int]]) -> None:
        """Remember that there is a match from a state, and from all that led there or to it.

        *met* are states that led to one entered before, which may have been on its way.
        """
        entered, matching = self._entered[look], self._matching[look]
        ends = [state]
        while ends:
            for each in ends:
                way = each
                while way >= 0 and way not in matching:
                    matching.add(way)
                    way = entered[way]
            ends = [before for before, state in met if state in matching and before not in matching]

    # -- a step: what comes next, and the other ways on the stack ----------------------------------

    def _char(self, instruction: Instruction, at: int, position: int) -> _Next:
        text = self._text
        if position < len(text) and instruction[1][text[position]]:
            return at + 1, position + 1
        return -1, position

    def _char_behind(self, instruction: Instruction, at: int, position: int) -> _Next:
        if position and instruction[1][self._text[position - 1]]:
            return at + 1, position - 1
        return -1, position

    def _loop(self, instruction: Instruction, at: int, position: int) -> _Next:
        text = self._text
        if position == len(text) or not instruction[1][text[position]]:
            return at + 1, position
        self._stack.append((at + 1, position, position, at * self._width + position))
        return at, position + 1

    def _loop_behind(self, instruction: Instruction, at: int, position: int) -> _Next:
        if not position or not instruction[1][self._text[position - 1]]:
            return at + 1, position
        self._stack.append((at + 1, position, position, at * self._width + position))
        return at, position - 1

    def _some(self, instruction: Instruction, at: int, position: int) -> _Next:
        ends = self._run(instruction, position)
        if ends is None:
            return -1, position
        near, far = ends
        if near != far:
            step = 1 if near < far else -1
            self._stack.append((at + 1, far - step, near, at * self._width + position))
        return at + 1, far

    def _split(self, instruction: Instruction, at: int, position: int) -> _Next:
        self._stack.append((instruction[2], position, position, at * self._width + position))
        return instruction[1], position

    def _jump(self, instruction: Instruction, at: int, position: int) -> _Next:  # noqa: ARG002
        return instruction[1], position

    def _assert(self, instruction: Instruction, at: int, position: int) -> _Next:
        return (at + 1 if self._holds(instruction, position) else -1), position

    def _look(self, instruction: Instruction, at: int, position: int) -> _Next:
        _, number, negated = instruction
        found = self._matches(self._program.looks[number], position, number)
        return (at + 1 if found is not negated else -1), position


_STEPS: Final[dict[int, Callable[[_Search, Instruction, int, int], _Next]]] = {
    CHAR: _Search._char,
    CHAR_BEHIND: _Search._char_behind,
    LOOP: _Search._loop,
    LOOP_BEHIND: _Search._loop_behind,
    RUN: _Search._some,
    RUN_BEHIND: _Search._some,
    SPLIT: _Search._split,
    JUMP: _Search._jump,
    LOOK: _Search._look,
    **dict.fromkeys((START, END, LINE_START, LINE_END, BOUNDARY, PEEK), _Search._assert),
}

#: What the groups have matched, two positions each, and where repetitions started, the last first.
_Groups = tuple[int | None, ...]
_Marks = tuple[Any, ...]


class _Way(NamedTuple):
    """An instruction, and the positions from one to the last at which it is tried."""

    at: int
    position: int
    last: int
    groups: _Groups
    marks: _Marks


class _SearchWithGroups(_Text):
    """A search with back references, in the order of ECMA-262: it tries every way."""

    def matches_at(self, start: int) -> bool:
        """Return whether there is a match that starts at a position."""
        groups = (None,) * (self._program.slots + 2)
        return self._matches(self._program.main, start, groups) is not None

    def _matches(self, code: list[Instruction], start: int, groups: _Groups) -> _Groups | None:
        """Return what the groups have matched where instructions match from a position on."""
        self._take(_CALL)
        stack: list[_Way] = [_Way(0, start, start, groups, ())]
        while stack:
            way: _Way | None = stack.pop()
            if way.position != way.last:
                step = 1 if way.position < way.last else -1
                stack.append(way._replace(position=way.position + step))
            while way is not None:
                self._take(1)
                instruction = code[way.at]
                if instruction[0] == MATCH:
                    return way.groups
                way = self._next(instruction, way._replace(at=way.at + 1), stack)
        return None

    def _next(self, instruction: Instruction, way: _Way, stack: list[_Way]) -> _Way | None:
        """Return how the search goes on, None for not at all; other ways go onto the stack."""
        name = instruction[0]
        if name == SPLIT:
            stack.append(way._replace(at=instruction[2], last=way.position))
            return way._replace(at=instruction[1])
        if name == JUMP:
            return way._replace(at=instruction[1])
        if name in (RUN, RUN_BEHIND):
            ends = self._run(instruction, way.position)
            if ends is None:
                return None
            first, last = ends if instruction[-1] else ends[::-1]
            if first != last:
                step = 1 if first < last else -1
                stack.append(way._replace(position=first + step, last=last))
            return way._replace(position=first)
        if name == MARK:
            return way._replace(marks=(way.position, way.marks))
        if name == CHECK:
            return None if way.marks[0] == way.position else way._replace(marks=way.marks[1])
        if name == LOOK:
            found = self._matches(self._program.looks[instruction[1]], way.position, way.groups)
            if (found is None) is not instruction[2]:
                return None
            return way._replace(groups=found or way.groups)
        moved = self._move(instruction, way.position, way.groups)
        return moved and way._replace(position=moved[0], groups=moved[1])

    def _move(
        self, instruction: Instruction, position: int, groups: _Groups
    ) -> tuple[int, _Groups] | None:
        """Return the position and the groups after an instruction that has one way to go on."""
        name, text = instruction[0], self._text
        if name == CHAR:
            met = position < len(text) and instruction[1][text[position]]
            return (position + 1, groups) if met else None
        if name == CHAR_BEHIND:
            met = position > 0 and instruction[1][text[position - 1]]
            return (position - 1, groups) if met else None
        if name == SAVE:
            slot = instruction[1]
            return position, (*groups[:slot], position, *groups[slot + 1 :])
        if name == RESET:
            _, first, end = instruction
            return position, (*groups[:first], *(None,) * (end - first), *groups[end:])
        if name in (REFERENCE, REFERENCE_BEHIND):
            return self._repeated(instruction, position, groups)
        return (position, groups) if self._holds(instruction, position) else None

    def _repeated(
        self, instruction: Instruction, position: int, groups: _Groups
    ) -> tuple[int, _Groups] | None:
        """Return what follows a back reference: a group that took no part has matched nothing."""
        name, slots, any_case = instruction
        spans = [(groups[slot], groups[slot + 1]) for slot in slots]
        known = [(low, high) for low, high in spans if low is not None and high is not None]
        if not known:
            return position, groups
        low, high = known[0]
        size = high - low
        self._take(size // _CHARS_PER_STEP)
        at = position if name == REFERENCE else position - size
        if at < 0:
            return None
        one, other = self._text[low:high], self._text[at : at + size]
        if one != other and not (any_case and _folded_text(one) == _folded_text(other)):
            return None
        return (position + size if name == REFERENCE else at), groups


def _folded_text(text: str) -> list[int]:
    return [folded(ord(char)) for char in text]
