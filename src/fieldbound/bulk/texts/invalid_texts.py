"""Texts of invalid records that are counted by what is wrong in them, so that few are parsed.

A regular expression leaves of each text what is invalid in it. Of all texts that leave the same,
one is parsed to find what they break.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from fieldbound.bulk.inputs.blocks import character_count
from fieldbound.bulk.inputs.pattern_compiler import compiled_pattern
from fieldbound.documents import parse
from fieldbound.validation import VALID

from .invalid_patterns import InvalidPatterns
from .observed_names import CompiledByNames
from .text_patterns import DEFINITIONS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fieldbound.bulk.check_settings import CheckSettings
    from fieldbound.bulk.record_checker import RecordChecker
    from fieldbound.validation import Verdict

    from .observed_names import ObservedNames

#: Before what is left of a text, of each order of names another one: no JSON text begins with any,
#: and none is a dollar sign, which stands for a group.
_MARKS: Final = (b"!", b"#", b"%", b"&")
#: Between what is left of two values, none of which has it.
_BETWEEN: Final = b"\x01"
_BLANK: Final = rb"[ \t\r]*+"
#: Verdicts that are remembered.
_MOST_VERDICTS: Final = 10_000


class InvalidTexts:
    """Counts invalid records by their text, with the names of properties in the order observed."""

    def __init__(self, settings: CheckSettings, names: ObservedNames) -> None:
        self._settings = settings
        self._verdicts: dict[bytes, Verdict | None] = {}
        #: What leaves of lines what is invalid.
        self._rest = CompiledByNames(names, self._compiled, None)

    def uncounted(self, texts: Sequence[bytes], records: RecordChecker) -> Sequence[int]:
        """Count records by their texts, as far as that is possible; return which are not counted.

        Texts that are valid after all count as records alone.
        """
        everything, rest = range(len(texts)), self._rest.compiled
        if rest is None or not records.violations.counts_verdicts:
            return everything
        raw = b"\n".join(texts)
        if raw.count(b"\n") >= len(texts):
            raw = b"\n".join([each.replace(b"\n", b"\r") for each in texts])
        is_marked = not {each[:1] for each in texts}.isdisjoint(_MARKS)
        if is_marked or character_count(raw) is None:
            return everything
        left = rest(raw + b"\n").split(b"\n")
        counted = set()
        for key, number in Counter(left).items():
            if key[:1] in _MARKS:
                if key not in self._verdicts and len(self._verdicts) < _MOST_VERDICTS:
                    self._verdicts[key] = self._verdict(texts[left.index(key)])
                verdict = self._verdicts.get(key)
                if verdict is VALID or (
                    verdict is not None and records.violations.count_verdict(verdict, number)
                ):
                    counted.add(key)
        return [at for at in everything if left[at] not in counted]

    def _compiled(self, names: ObservedNames) -> Callable[[bytes], bytes] | None:
        settings, members = self._settings, self._settings.checker.members
        self._verdicts = {}
        if members is None:
            return None
        patterns = InvalidPatterns(_BLANK, settings.undocumented.may_be_at)
        steps = []
        for mark, (record, number) in zip(
            _MARKS, patterns.of_invalid(members, names), strict=False
        ):
            pattern = rb"%b(?<![^\n])%b%b(?=\n)" % (DEFINITIONS, record, _BLANK)
            replace = compiled_pattern(pattern) if number else None
            if replace is not None:
                # the first group is that of the definitions
                groups = [b"${%d}" % group for group in range(2, number + 2)]
                steps.append((replace, mark + _BETWEEN.join(groups)))

        def rest(raw: bytes) -> bytes:
            for replace, left in steps:
                raw, _ = replace(left, raw)
            return raw

        return rest if steps else None

    def _verdict(self, text: bytes) -> Verdict | None:
        """Return the verdict on a record, None if more than what is left of its text decides."""
        document = parse(text)
        if document.errors:
            return None
        try:
            return self._settings.batch.verdict_by_properties(document.value)
        except ValueError:  # the engine does not take it as it is
            return None
