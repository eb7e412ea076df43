"""A matcher of regular expressions that counts its steps: it matches, it does not, or it gives up.

Without back references a state is an instruction and a position, and no state is entered twice: the
steps grow with the text, not exponentially.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import Final

from .regex_program import (
    BOUNDARY,
    CHAR,
    CHAR_BEHIND,
    END,
    JUMP,
    LINE_END,
    LINE_START,
    LOOK,
    LOOP,
    LOOP_BEHIND,
    MATCH,
    PEEK,
    RUN,
    RUN_BEHIND,
    SPLIT,
    START,
    Instruction,
    Program,
)

#: Characters that Python's expression passes in the time of a step.
CHARS_PER_STEP: Final = 32
#: Steps in whose time a search starts.
CALL: Final = 2
_LINE_ENDS: Final = frozenset("\n\r\u2028\u2029")


class TooManyStepsError(Exception):
    """The search takes more steps than it may."""


def search(program: Program, text: str, most: int) -> tuple[bool | None, int]:
    """Return whether a text has a match of a program, and how many steps that took.

    It is None where *most* steps, over all places where a match may start, are too few.
    """
    return outcome_of(_Search(program, text, most))


def farthest(program: Program, text: str, most: int) -> tuple[int | None, int]:
    """Return how far a text goes on like a match from its start, and how many steps that took.

    It is None if it has one, or where *most* steps are too few.
    """
    made = _Search(program, text, most)
    try:
        found = None if made.matches_at(0) else made.farthest()
    except TooManyStepsError:
        return None, most
    return found, most - made.steps_left


def outcome_of(made: TextSearch) -> tuple[bool | None, int]:
    """Return what a search finds, None where it takes too many steps, and how many it took."""
    most = made.steps_left
    try:
        found = made.found()
    except TooManyStepsError:
        return None, most
    return found, most - made.steps_left


class TextSearch(ABC):
    """A search in a text that counts its steps, with or without back references."""

    def __init__(self, program: Program, text: str, most: int) -> None:
        self._program, self._text = program, text
        self.steps_left = most
        self._run_to = 0

    def found(self) -> bool:
        """Return whether there is a match anywhere. Raises TooManyStepsError."""
        program, text = self._program, self._text
        starts: Iterable[int] = range(1 if program.anchored else len(text) + 1)
        if program.first is not None:
            starts = (found.start() for found in program.first.finditer(text))
        return any(self.matches_at(start) for start in starts)

    @abstractmethod
    def matches_at(self, start: int) -> bool:
        """Return whether there is a match that starts at a position."""

    def _take(self, steps: int) -> None:
        self.steps_left -= steps
        if self.steps_left < 0:
            raise TooManyStepsError

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
        _, expression, sizes, negated, steps = instruction
        self._take(steps)
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
            self._take((end - at) // CHARS_PER_STEP)
            self._run_to = max(self._run_to, end)
            if at + least > end:
                return None
            return (end if self._program.is_deterministic else at + least), end
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


class _Search(TextSearch):
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
        self._take(CALL)
        outer, self._stack = self._stack, [(0, start, start, -1)]
        stack, met = self._stack, list[tuple[int, int]]()
        while stack:
            at, position, last, before = stack.pop()
            if position != last:
                stack.append((at, position + (1 if position < last else -1), last, before))
            while at >= 0:
                self.steps_left -= 1
                if self.steps_left < 0:
                    raise TooManyStepsError
                state = at * width + position
                instruction = code[at]
                if state in entered:
                    if before >= 0:
                        met.append((before, state))
                    if state not in matching:
                        break
                elif instruction[0] != MATCH:
                    entered[state], before = before, state
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
