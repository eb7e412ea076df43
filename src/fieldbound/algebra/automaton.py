"""Patterns go in, texts of any length that match all of them, and none to avoid, come out."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from .regex_parser import (
    ANY,
    Chars,
    Edge,
    NotRegular,
    Ranges,
    Repeat,
    Sequence as Run,
    Tree,
    conjuncts,
    parsed,
)

#: States of an automaton beyond which patterns are not followed, but only checked.
_MOST_STATES: Final = 4_000
_MOST_STEPS: Final = 400_000
#: Length beyond which no text of a pattern is looked for, unless the shortest are longer.
_FARTHEST: Final = 20_000
#: Characters to make texts of, the plainest first: digits, letters, accents, CJK, beyond the BMP.
PLAIN: Final = "0aA1bB2cC" + "".join(chr(code) for code in range(51, 123) if chr(code).isalnum())
REAL: Final = PLAIN + " -_./:@,'&é߀Øłжשあ漢字ñ\u0301\U0001f600\U00020000"


class _Machine:
    """A nondeterministic automaton that reads a text from its start, and looks for a pattern.

    It has steps by character, and free ones, some of which lead on at an edge alone.
    """

    def __init__(self, pattern: str, lenient: bool) -> None:
        self.steps: list[list[tuple[Ranges, int]]] = [[(ANY, 0)]]
        self.free: list[list[tuple[int, bool | None]]] = [[]]  # True: at the end, False: the start
        entry = self._state()
        self.free[0].append((entry, None))
        self.last = self._followed(parsed(pattern, lenient), entry)
        self.steps[self.last].append((ANY, self.last))

    def _state(self) -> int:
        if len(self.steps) > _MOST_STATES:
            raise NotRegular("too large a pattern")
        self.steps.append([])
        self.free.append([])
        return len(self.steps) - 1

    def _followed(self, tree: Tree, start: int) -> int:
        """Lay out a tree from a state on, and return the state it ends in."""
        if isinstance(tree, Run):
            for part in tree.parts:
                start = self._followed(part, start)
            return start
        if isinstance(tree, Repeat):
            return self._repeated(tree, start)
        end = self._state()
        if isinstance(tree, Chars):
            self.steps[start].append((tree.ranges, end))
        elif isinstance(tree, Edge):
            self.free[start].append((end, tree.at_end))
        else:
            for part in tree.parts:
                self.free[self._followed(part, start)].append((end, None))
        return end

    def _repeated(self, tree: Repeat, start: int) -> int:
        for _ in range(tree.least):
            start = self._followed(tree.part, start)
        if tree.most is None:
            turn = self._state()
            self.free[start].append((turn, None))
            self.free[self._followed(tree.part, turn)].append((turn, None))
            start = turn
        end = self._state()
        for _ in range((tree.most or 0) - tree.least):
            self.free[start].append((end, None))
            start = self._followed(tree.part, start)
        self.free[start].append((end, None))
        return end


def _closed(machine: _Machine, states: Iterable[int], edges: tuple[bool, ...]) -> frozenset[int]:
    """Return states with those that free steps lead to."""
    found, stack = set(states), list(states)
    while stack:
        for target, edge in machine.free[stack.pop()]:
            if target not in found and (edge is None or edge in edges):
                found.add(target)
                stack.append(target)
    return frozenset(found)


_State = tuple[frozenset[int], ...]


class Language:
    """The texts that match every one of *patterns* and none of *avoided*.

    Raises NotRegular where no automaton of a bearable size follows them. *lenient* leaves out what
    none can follow, such as a look ahead: of its texts some match.
    """

    def __init__(
        self, patterns: Sequence[str], avoided: Sequence[str] = (), lenient: bool = False
    ) -> None:
        self._machines: list[_Machine] = []
        self._required: set[int] = set()  # machines that have to match
        #: Of each pattern whether it is wanted, and by which machines it matches or does not.
        self._rules: list[tuple[bool, list[tuple[int, bool]]]] = []
        for wanted, each in ((True, patterns), (False, avoided)):
            for pattern in each:
                self._add(pattern, wanted, lenient)
        self._symbols = self._cut()
        self._real = sum(samples[0] in REAL for samples in self._symbols)
        self._moves: list[list[tuple[int, int]]] = []  # of each state: symbol and target
        self._accepting: list[bool] = []
        self._explore()
        self._settled = False  # from here on one length is as good as the next
        self._reach: list[frozenset[int]] = [
            frozenset(state for state, good in enumerate(self._accepting) if good)
        ]

    def _add(self, pattern: str, wanted: bool, lenient: bool) -> None:
        rule = []
        for positive, parts in zip((True, False), conjuncts(pattern), strict=True):
            for part in parts:
                if wanted and positive:
                    self._required.add(len(self._machines))
                rule.append((len(self._machines), positive))
                self._machines.append(_Machine(part, lenient))
        self._rules.append((wanted, rule))

    def _cut(self) -> list[str]:
        """Return the classes of characters that no pattern tells apart, each as its samples."""
        cuts = {0}
        for machine in self._machines:
            for steps in machine.steps:
                for ranges, _ in steps:
                    cuts.update(at for low, high in ranges for at in (low, high + 1))
        edges = sorted(cuts)
        samples: dict[int, list[str]] = {}
        for char in REAL:
            samples.setdefault(bisect_right(edges, ord(char)) - 1, []).append(char)
        found = []
        for index, low in enumerate(edges):
            if any(start <= low <= end for start, end in ANY):
                found.append("".join(samples.get(index, (chr(low),))))
        return sorted(found, key=_plainness)

    def _explore(self) -> None:
        start: _State = tuple(_closed(each, (0,), (False,)) for each in self._machines)
        number = {start: 0}
        queue, steps = [start], 0
        for state in queue:
            self._accepting.append(self._accepts(state, at_start=state is start))
            moves = []
            for symbol, samples in enumerate(self._symbols):
                target = self._moved(state, ord(samples[0]))
                steps += 1
                if target is None:
                    continue
                if target not in number:
                    number[target] = len(queue)
                    queue.append(target)
                moves.append((symbol, number[target]))
            self._moves.append(moves)
            if len(queue) > _MOST_STATES or steps > _MOST_STEPS:
                raise NotRegular("too many states")

    def _accepts(self, state: _State, at_start: bool) -> bool:
        edges = (True, False) if at_start else (True,)
        matched = [
            machine.last in _closed(machine, each, edges)
            for machine, each in zip(self._machines, state, strict=True)
        ]
        return all(
            all(matched[index] is positive for index, positive in rule) is wanted
            for wanted, rule in self._rules
        )

    def _moved(self, state: _State, code: int) -> _State | None:
        found = []
        for index, (machine, each) in enumerate(zip(self._machines, state, strict=True)):
            targets = {
                target
                for one in each
                for ranges, target in machine.steps[one]
                if any(low <= code <= high for low, high in ranges)
            }
            if index in self._required and not targets:
                return None
            if machine.last in targets:  # matched, whatever follows
                targets = {machine.last}
            found.append(_closed(machine, targets, ()))
        return tuple(found)

    # -- lengths -----------------------------------------------------------------------------

    def _reaching(self, length: int) -> frozenset[int]:
        """Return the states from which a text of just *length* more characters ends well."""
        while len(self._reach) <= length and not self._settled:
            known = self._reach[-1]
            found = frozenset(
                state
                for state, moves in enumerate(self._moves)
                if any(target in known for _, target in moves)
            )
            self._settled = found == known
            self._reach.append(found)
        return self._reach[min(length, len(self._reach) - 1)]

    def lengths(self, least: int, most: int | None, few: int = 64) -> list[int]:
        """Return lengths that texts have: the *few* shortest from *least* on, and the longest.

        None is over *most*; without it there is no longest.
        """
        most = None if most is None else min(most, max(least, _FARTHEST))
        found = []
        last = most if most is not None else max(least, len(self._moves)) + few
        for length in range(least, last + 1):
            if 0 in self._reaching(length):
                found.append(length)
                if len(found) >= few:
                    break
        if most is not None and found:
            longest = next(at for at in range(most, -1, -1) if 0 in self._reaching(at))
            found += [longest] if longest > found[-1] else []
        return found

    def text(self, length: int, choose: Callable[[int, int], int], real: bool = True) -> str:
        """Return a text of *length*; `choose(position, n)` picks one of n, 0 being the plainest.

        *real* keeps to characters that people write, where it can. There must be a text of this
        length.
        """
        state, written = 0, []
        for at in range(length):
            ahead = self._reaching(length - at - 1)
            moves = [move for move in self._moves[state] if move[1] in ahead]
            if real:
                moves = [move for move in moves if move[0] < self._real] or moves
            symbol, state = moves[choose(at, len(moves))]
            samples = self._symbols[symbol]
            written.append(samples[choose(at, len(samples))])
        return "".join(written)


def _plainness(samples: str) -> int:
    at = REAL.find(samples[0])
    return at if at >= 0 else len(REAL) + ord(samples[0])
