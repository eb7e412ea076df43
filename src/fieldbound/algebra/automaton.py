"""A finite automaton of regular expressions: strings of any length that match all of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import Final

from .code_points import ANY_CHARACTER, Ranges, contains
from .regex_tree import (
    Anchor,
    CharacterClass,
    Node,
    Repeat,
    Sequence as Concatenation,
    characters,
    children,
)
from .regular import NotRegular, regular, split_lookaheads, tree_of

#: Maximum number of states and transitions; larger patterns are only checked.
_MAX_STATES: Final = 4_000
_MAX_TRANSITIONS: Final = 400_000
#: Maximum length of a string, unless the shortest are longer.
_MAX_LENGTH: Final = 20_000
#: Characters that strings are made of, the plainest first: digits, letters, accents, CJK, emoji.
_PLAIN: Final = "0aA1bB2cC" + "".join(chr(code) for code in range(51, 123) if chr(code).isalnum())
_REALISTIC: Final = _PLAIN + " -_./:@,'&é߀Øłжשあ漢字ñ\u0301\U0001f600\U00020000"


class _Nfa:
    """A nondeterministic automaton that searches a string for a pattern.

    Besides its transitions by character it has epsilon transitions, some of them with an anchor.
    """

    def __init__(self, node: Node, lenient: bool) -> None:
        self.transitions: list[list[tuple[Ranges, int]]] = [[(ANY_CHARACTER, 0)]]
        #: Targets, each with its anchor: True for the end, False for the start, None without.
        self.epsilon: list[list[tuple[int, bool | None]]] = [[]]
        entry = self._new_state()
        self.epsilon[0].append((entry, None))
        self.end = self._add_node(regular(node, lenient), entry)
        self.transitions[self.end].append((ANY_CHARACTER, self.end))

    def _new_state(self) -> int:
        if len(self.transitions) > _MAX_STATES:
            raise NotRegular("the pattern is too large")
        self.transitions.append([])
        self.epsilon.append([])
        return len(self.transitions) - 1

    def _add_node(self, node: Node, start: int) -> int:
        """Add the states of a syntax tree after a state, and return the last one."""
        if isinstance(node, Concatenation):
            for part in node.parts:
                start = self._add_node(part, start)
            return start
        if isinstance(node, Repeat):
            return self._add_repeat(node, start)
        end = self._new_state()
        if isinstance(node, CharacterClass):
            self.transitions[start].append((characters(node), end))
        elif isinstance(node, Anchor):
            self.epsilon[start].append((end, node.at_end))
        else:
            for part in children(node):
                self.epsilon[self._add_node(part, start)].append((end, None))
        return end

    def _add_repeat(self, node: Repeat, start: int) -> int:
        for _ in range(node.minimum):
            start = self._add_node(node.part, start)
        if node.maximum is None:
            loop = self._new_state()
            self.epsilon[start].append((loop, None))
            self.epsilon[self._add_node(node.part, loop)].append((loop, None))
            start = loop
        end = self._new_state()
        for _ in range((node.maximum or 0) - node.minimum):
            self.epsilon[start].append((end, None))
            start = self._add_node(node.part, start)
        self.epsilon[start].append((end, None))
        return end


def _epsilon_closure(
    machine: _Nfa, states: Iterable[int], anchors: tuple[bool, ...]
) -> frozenset[int]:
    """Return the epsilon closure of states."""
    found, stack = set(states), list(states)
    while stack:
        for target, anchor in machine.epsilon[stack.pop()]:
            if target not in found and (anchor is None or anchor in anchors):
                found.add(target)
                stack.append(target)
    return frozenset(found)


_State = tuple[frozenset[int], ...]


class Automaton:
    """A deterministic automaton of the strings that match all *patterns* and no *excluded* one.

    Raises NotRegular if they are not regular, or too large. *lenient* ignores what is not regular,
    such as a lookbehind: only some of its strings match.
    """

    def __init__(
        self,
        patterns: Sequence[str],
        excluded: Sequence[str] = (),
        lenient: bool = False,
        most_states: int = _MAX_STATES,
    ) -> None:
        self._most = most_states, most_states * _MAX_TRANSITIONS // _MAX_STATES
        self._machines: list[_Nfa] = []
        #: The states of one machine after a character: many states of all have them in common.
        self._steps: dict[tuple[int, frozenset[int], int], frozenset[int]] = {}
        self._required: set[int] = set()  # machines that have to match
        #: For each pattern: whether it has to match, and the result of each machine if it does.
        self._rules: list[tuple[bool, list[tuple[int, bool]]]] = []
        for must_match, each in ((True, patterns), (False, excluded)):
            for pattern in each:
                self._add(pattern, must_match, lenient)
        self._symbols = self._character_classes()
        self._realistic_count = sum(samples[0] in _REALISTIC for samples in self._symbols)
        self._transitions: list[list[tuple[int, int]]] = []  # for each state: symbol and target
        self._accepting: list[bool] = []
        self._build_states()
        self._steps.clear()
        accepting = frozenset(state for state, each in enumerate(self._accepting) if each)
        #: For each length the states that accept it; after the last they recur, by the period.
        self._reaching_states: list[frozenset[int]] = [accepting]
        self._first_length = {accepting: 0}
        self._period: int | None = None

    def _add(self, pattern: str, must_match: bool, lenient: bool) -> None:
        rule = []
        split = split_lookaheads(tree_of(pattern))
        for positive, parts in zip((True, False), split, strict=True):
            for part in parts:
                if must_match and positive:
                    self._required.add(len(self._machines))
                rule.append((len(self._machines), positive))
                self._machines.append(_Nfa(part, lenient))
        self._rules.append((must_match, rule))

    def _character_classes(self) -> list[str]:
        """Return the classes of characters that all patterns treat alike, each as its samples."""
        classes = {
            ranges
            for machine in self._machines
            for transitions in machine.transitions
            for ranges, _ in transitions
        }
        borders = {border for each in classes for low, high in each for border in (low, high + 1)}
        starts = sorted({0, *borders})
        realistic: dict[int, list[str]] = {}
        for char in _REALISTIC:
            realistic.setdefault(starts[bisect_right(starts, ord(char)) - 1], []).append(char)
        alike: dict[tuple[bool, ...], tuple[str, list[str]]] = {}
        for low in starts:
            if contains(ANY_CHARACTER, low):
                key = tuple([contains(each, low) for each in classes])
                alike.setdefault(key, (chr(low), []))[1].extend(realistic.get(low, ()))
        samples = ["".join(sorted(some, key=_rank)) or first for first, some in alike.values()]
        return sorted(samples, key=_rank)

    def _build_states(self) -> None:
        start: _State = tuple(_epsilon_closure(each, (0,), (False,)) for each in self._machines)
        numbers = {start: 0}
        queue, total = [start], 0
        for state in queue:
            self._accepting.append(self._accepts(state, at_start=state is start))
            transitions = []
            for symbol, samples in enumerate(self._symbols):
                target = self._next_state(state, ord(samples[0]))
                total += 1
                if target is None:
                    continue
                if target not in numbers:
                    numbers[target] = len(queue)
                    queue.append(target)
                transitions.append((symbol, numbers[target]))
            self._transitions.append(transitions)
            if len(queue) > self._most[0] or total > self._most[1]:
                raise NotRegular("too many states")

    def _accepts(self, state: _State, at_start: bool) -> bool:
        anchors = (True, False) if at_start else (True,)
        matched = [
            machine.end in _epsilon_closure(machine, each, anchors)
            for machine, each in zip(self._machines, state, strict=True)
        ]
        return all(
            all(matched[index] is positive for index, positive in rule) is must_match
            for must_match, rule in self._rules
        )

    def _next_state(self, state: _State, code: int) -> _State | None:
        found = []
        for index, each in enumerate(state):
            key = (index, each, code)
            if key not in self._steps:
                self._steps[key] = self._step(*key)
            targets = self._steps[key]
            if index in self._required and not targets:
                return None
            found.append(targets)
        return tuple(found)

    def _step(self, index: int, sources: frozenset[int], code: int) -> frozenset[int]:
        """Return the states of one machine after a character."""
        machine = self._machines[index]
        targets = {
            target
            for source in sources
            for ranges, target in machine.transitions[source]
            if contains(ranges, code)
        }
        if machine.end in targets:  # has matched, whatever follows
            targets = {machine.end}
        return _epsilon_closure(machine, targets, ())

    # -- lengths -----------------------------------------------------------------------------

    def _states_reaching(self, length: int) -> frozenset[int]:
        """Return the states from which exactly *length* more characters are accepted."""
        return self._reaching_states[self._equal_length(length)]

    def _equal_length(self, length: int) -> int:
        """Return the shortest length that the same states as those of a length accept."""
        known = self._reaching_states
        while len(known) <= length and self._period is None:
            reached = known[-1]
            found = frozenset(
                state
                for state, transitions in enumerate(self._transitions)
                if any(target in reached for _, target in transitions)
            )
            first = self._first_length.setdefault(found, len(known))
            if first < len(known):  # what follows was found before
                self._period = len(known) - first
            else:
                known.append(found)
        if length < len(known) or self._period is None:
            return length
        return length - -(-(length - len(known) + 1) // self._period) * self._period

    def lengths(self, minimum: int, maximum: int | None, count: int = 64) -> list[int]:
        """Return the *count* shortest lengths of strings from *minimum* on, and the longest.

        Without *maximum* there is no longest.
        """
        maximum = None if maximum is None else min(maximum, max(minimum, _MAX_LENGTH))
        found = []
        end = maximum if maximum is not None else max(minimum, len(self._transitions)) + count
        for length in range(minimum, end + 1):
            if 0 in self._states_reaching(length):
                found.append(length)
                if len(found) >= count:
                    break
        if maximum is not None and found:
            longest = next(
                index for index in range(maximum, -1, -1) if 0 in self._states_reaching(index)
            )
            found += [longest] if longest > found[-1] else []
        return found

    def string(self, length: int, choose: Callable[[int, int], int], realistic: bool = True) -> str:
        """Return a string of *length*; `choose(position, n)` picks one of n, 0 being the plainest.

        *realistic* prefers characters that people write. A string of this length must exist.
        """
        state, chars = 0, []
        known: dict[tuple[int, int], list[tuple[int, int]]] = {}
        for index in range(length):
            key = state, self._equal_length(length - index - 1)
            transitions = known.get(key)
            if transitions is None:
                transitions = known[key] = self._moves(*key, realistic)
            symbol, state = transitions[choose(index, len(transitions))]
            samples = self._symbols[symbol]
            chars.append(samples[choose(index, len(samples))])
        return "".join(chars)

    def _moves(self, state: int, remaining: int, realistic: bool) -> list[tuple[int, int]]:
        """Return the transitions after which so many more characters can be accepted."""
        allowed = self._states_reaching(remaining)
        moves = [move for move in self._transitions[state] if move[1] in allowed]
        likely = [move for move in moves if move[0] < self._realistic_count] if realistic else []
        return likely or moves


def _rank(samples: str) -> int:
    index = _REALISTIC.find(samples[0])
    return index if index >= 0 else len(_REALISTIC) + ord(samples[0])
