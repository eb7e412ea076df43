"""What every block of records is checked with: the contract, and the options."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from fieldbound.policy import NOTHING_IGNORED, Ignore
from fieldbound.validation import checker_of

from .ignored_limits import IgnoredLimits
from .known_violations import KnownViolations
from .lengths import LengthCounter

if TYPE_CHECKING:
    from fieldbound.model import Limit, Report, Violation
    from fieldbound.validation import Batch, Contract

    from .counts import LimitKey
    from .keys import KeyExtractor


class CheckSettings:
    """The contract and the options that every block is checked with, as `BlockChecker` has them."""

    def __init__(  # noqa: PLR0913 - those of BlockChecker
        self,
        contract: Contract,
        key_extractor: KeyExtractor | None,
        samples: int,
        split: bool,
        on_invalid: Callable[[int, Any, Sequence[Violation]], None] | None,
        *,
        ignore: Ignore = NOTHING_IGNORED,
        known: Mapping[str, frozenset[int]] | None = None,
    ) -> None:
        if type(samples) is not int or samples < 0:
            raise ValueError(f"samples must be an integer >= 0, not {samples!r}")
        self.checker = checker_of(contract)
        self.checker.is_valid({})  # raises Unspecified, and compiles the schema before a fork
        self.contract, self.key_extractor, self.samples = contract, key_extractor, samples
        self.split, self.on_invalid = split, on_invalid
        self.batch: Batch = self.checker.batch
        self.undocumented = self.checker.undocumented
        self.length_counter = LengthCounter(contract.limits if self.batch.simple else ())
        self.limit_keys: dict[int, tuple[Limit | None, LimitKey]] = {}
        self.ignore, self.ignored_limits = ignore, IgnoredLimits(ignore, contract.limits)
        self.known: KnownViolations | None = None
        if known is not None and key_extractor is not None:
            self.known = KnownViolations(known, key_extractor)
        self.needs_violations = split or on_invalid is not None

    @property
    def counts_only_invalid(self) -> bool:
        """Whether no more is counted of a valid record than that it is there."""
        is_known = self.undocumented.first_names is not None
        return is_known and not self.split and self.key_extractor is None

    def check(self, value: Any, ignored: Counter[str] | None = None) -> Report:
        """Check a value, and count what is *ignored* of it."""
        report = self.ignore.applied(self.checker.check(value))
        if ignored is not None:
            ignored.update(report.ignored)
        return report
