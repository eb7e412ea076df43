"""Regular expressions compiled to instructions for a matcher that counts its steps."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final

from .code_points import WORD, Ranges, complement, contains, in_any_case
from .pattern_errors import NotSupported
from .regex_determinism import is_deterministic
from .regex_tree import (
    Alternation,
    Anchor,
    BackReference,
    CharacterClass,
    Group,
    Lookaround,
    Node,
    Repeat,
    Sequence,
    WordBoundary,
    characters,
    has_any,
    simplified,
)

#: Instructions. CHAR and its like move forward, their BEHIND ones backward; LOOP takes any number
#: of one class, RUN a number between two bounds. LOOK runs a lookaround, PEEK leaves it to Python.
#: MARK and CHECK refuse a repetition of nothing.
(
    MATCH, CHAR, CHAR_BEHIND, LOOP, LOOP_BEHIND, RUN, RUN_BEHIND, SPLIT, JUMP, START, END,
    LINE_START, LINE_END, BOUNDARY, LOOK, PEEK, SAVE, RESET, MARK, CHECK, REFERENCE,
    REFERENCE_BEHIND,
) = range(22)  # fmt: skip
_BEHIND: Final = 1  # added to the instruction that moves forward
#: The most instructions of a pattern; each repetition of more than one character takes its own.
_MAX_INSTRUCTIONS: Final = 100_000
#: Characters of an expression that Python tries in the time of a step.
_TEXT_PER_STEP: Final = 512

Instruction = tuple[Any, ...]


class Members(dict[str, bool]):
    """Whether a character is in a class, by the character."""

    def __init__(self, ranges: Ranges) -> None:
        super().__init__()
        self._ranges = ranges

    def __missing__(self, char: str) -> bool:
        found = self[char] = contains(self._ranges, ord(char))
        return found


class Program:
    """The instructions of a pattern, and of each of its lookarounds."""

    def __init__(self, node: Node) -> None:
        node = simplified(node)
        #: Whether it depends on what groups have matched.
        self.has_references = has_any(node, BackReference)
        #: Whether a run of one class never has to be tried shorter than it is.
        self.is_deterministic = is_deterministic(node)
        self.slots = 0
        self.looks: list[list[Instruction]] = []
        self._size = 0
        self.main = self._compiled(node, behind=False)
        #: Whether it can match at the start of the text alone.
        self.anchored = self.main[0][0] == START
        #: Python's expression for the first character, where it has to be one of a class.
        self.first = self.main[0][2] if self.main[0][0] == CHAR else None

    def _compiled(self, node: Node, behind: bool) -> list[Instruction]:
        code: list[Instruction] = []
        self._add(node, behind, code)
        code.append((MATCH,))
        return code

    def _emit(self, code: list[Instruction], *instruction: Any) -> int:
        self._size += 1
        if self._size > _MAX_INSTRUCTIONS:
            raise NotSupported(
                f"not supported: its repeats unfold to more than {_MAX_INSTRUCTIONS:,} steps"
            )
        code.append(instruction)
        return len(code) - 1

    def _add(self, node: Node, behind: bool, code: list[Instruction]) -> None:
        match node:
            case CharacterClass():
                ranges = characters(node)
                one = re.compile(_expression(ranges))
                self._emit(code, CHAR + behind * _BEHIND, members_of(ranges), one)
            case Sequence(parts):
                for part in reversed(parts) if behind else parts:
                    self._add(part, behind, code)
            case Alternation(parts):
                self._add_alternation(parts, behind, code)
            case Repeat():
                self._add_repeat(node, behind, code)
            case Group(part, number):
                self._add_group(part, number, behind, code)
            case Anchor() | WordBoundary() | Lookaround():
                self._add_assertion(node, code)
            case BackReference(numbers, any_case):
                slots = tuple([self._slot(each) for each in numbers])
                self._emit(code, REFERENCE + behind * _BEHIND, slots, any_case)

    def _add_assertion(
        self, node: Anchor | WordBoundary | Lookaround, code: list[Instruction]
    ) -> None:
        if isinstance(node, Anchor):
            names = ((START, END), (LINE_START, LINE_END))
            self._emit(code, names[node.lines][node.at_end])
        elif isinstance(node, WordBoundary):
            word = members_of(in_any_case(WORD) if node.any_case else WORD)
            self._emit(code, BOUNDARY, word, node.negated)
        else:
            self._add_look(node, code)

    def _add_look(self, node: Lookaround, code: list[Instruction]) -> None:
        plain = _plain_expression(node.part)
        if plain is not None:
            sizes = plain[1] if node.behind else None
            steps = len(plain[0]) // _TEXT_PER_STEP
            self._emit(code, PEEK, re.compile(plain[0]), sizes, node.negated, steps)
            return
        number = len(self.looks)
        self.looks.append([])
        self.looks[number] = self._compiled(node.part, node.behind)
        self._emit(code, LOOK, number, node.negated)

    def _slot(self, group: int) -> int:
        self.slots = max(self.slots, 2 * group)
        return 2 * group - 2

    def _add_group(self, part: Node, number: int, behind: bool, code: list[Instruction]) -> None:
        if not self.has_references:
            self._add(part, behind, code)
            return
        slot = self._slot(number)
        self._emit(code, SAVE, slot + behind)
        self._add(part, behind, code)
        self._emit(code, SAVE, slot + (not behind))

    def _add_alternation(
        self, parts: tuple[Node, ...], behind: bool, code: list[Instruction]
    ) -> None:
        jumps = []
        for part in parts[:-1]:
            split = self._emit(code, SPLIT)
            self._add(part, behind, code)
            jumps.append(self._emit(code, JUMP))
            code[split] = (SPLIT, split + 1, len(code))
        self._add(parts[-1], behind, code)
        for jump in jumps:
            code[jump] = (JUMP, len(code))

    def _add_repeat(self, node: Repeat, behind: bool, code: list[Instruction]) -> None:
        if isinstance(node.part, CharacterClass):
            self._add_run(node, node.part, behind, code)
            return
        for _ in range(node.minimum):
            self._add_pass(node, behind, code, may_be_empty=True)
        if node.maximum is None:
            split = self._emit(code, SPLIT)
            self._add_pass(node, behind, code)
            self._emit(code, JUMP, split)
            code[split] = self._split(node, split, len(code))
            return
        splits = []
        for _ in range(node.maximum - node.minimum):
            splits.append(self._emit(code, SPLIT))
            self._add_pass(node, behind, code)
        for split in splits:
            code[split] = self._split(node, split, len(code))

    @staticmethod
    def _split(node: Repeat, split: int, end: int) -> Instruction:
        return (SPLIT, end, split + 1) if node.lazy else (SPLIT, split + 1, end)

    def _add_pass(
        self, node: Repeat, behind: bool, code: list[Instruction], may_be_empty: bool = False
    ) -> None:
        """Add one repetition, which may match nothing only where it is required."""
        if not self.has_references:
            self._add(node.part, behind, code)
            return
        if node.first_group <= node.last_group:
            first, last = self._slot(node.first_group), self._slot(node.last_group)
            self._emit(code, RESET, first, last + 2)
        if may_be_empty:
            self._add(node.part, behind, code)
            return
        self._emit(code, MARK)
        self._add(node.part, behind, code)
        self._emit(code, CHECK)

    def _add_run(
        self, node: Repeat, part: CharacterClass, behind: bool, code: list[Instruction]
    ) -> None:
        ranges = characters(part)
        members, way = members_of(ranges), behind * _BEHIND
        if self.has_references or node.maximum is not None:
            expression = None if behind else expression_of(ranges)
            self._emit(code, RUN + way, members, expression, node.minimum, node.maximum, node.lazy)
            return
        if node.minimum:
            self._emit(code, RUN + way, members, None, node.minimum, node.minimum, False)
        self._emit(code, LOOP + way, members, node.lazy)


@lru_cache(maxsize=1024)
def members_of(ranges: Ranges) -> Members:
    """Return what knows which characters are in a class."""
    return Members(ranges)


@lru_cache(maxsize=1024)
def expression_of(ranges: Ranges) -> re.Pattern[str]:
    """Return Python's expression for any number of characters of a class."""
    return re.compile(f"{_expression(ranges)}*")


def _expression(ranges: Ranges) -> str:
    """Return Python's expression for one character of a class."""
    others = complement(ranges)
    negated = len(others) < len(ranges)
    parts = "".join(
        [f"\\U{low:08x}-\\U{high:08x}" for low, high in (others if negated else ranges)]
    )
    if parts:
        return f"[{'^' if negated else ''}{parts}]"
    return r"[\s\S]" if ranges else r"[^\s\S]"


def _plain_expression(node: Node) -> tuple[str, tuple[int, ...]] | None:
    """Return Python's expression and the lengths of what has neither repeats nor groups."""
    if isinstance(node, CharacterClass):
        return _expression(characters(node)), (1,)
    if not isinstance(node, (Sequence, Alternation)):
        return None
    parts = [_plain_expression(each) for each in node.parts]
    texts = [each[0] for each in parts if each is not None]
    sizes = [each[1] for each in parts if each is not None]
    if len(texts) < len(parts) or any(len(each) > 1 for each in sizes):
        return None
    if isinstance(node, Alternation):
        return f"(?:{'|'.join(texts)})", tuple(sorted({each[0] for each in sizes}))
    return "".join(texts), (sum(each[0] for each in sizes),)
