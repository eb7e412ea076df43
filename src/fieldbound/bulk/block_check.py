"""A Block of records goes in, Counts of them come out: every violation, and where the first are."""

from __future__ import annotations

import gc
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from fieldbound.model import BulkReport, Duplicates, Violation

from .account import Account, Terms, indexed
from .counts import Counts
from .inputs import blocks as pieces
from .inputs.blocks import Flaw, Huge, Texts, Values, Window
from .inputs.fast_json import Lines
from .samples import Spot, Spots

if TYPE_CHECKING:
    from fieldbound.validation import Contract

    from .counts import Key
    from .inputs.blocks import Block
    from .keys import Keyed

#: Texts are measured in so many windows at the beginning of a text, and in one of so many beyond.
MEASURED: Final = 64
EVERY: Final = 32
#: After a window that is not of flat objects alone, so many are not tried as such.
_PATIENCE: Final = 15
_BLANK: Final = b" \t\r\n"
_CUT_OFF: Final = "line {:,}, the last one, breaks off: what comes after it is missing"
_TOO_LONG: Final = (
    "a record of {:,} bytes: no more than {:,} are read, is there a line end missing?"
)


class Judge:
    """What judges blocks of records by one contract.

    *keyed* finds the key of a record, so many *samples* of each limit are kept. Where records are
    *split*, Counts have the bytes of those accepted, and a line of each refused. *on_invalid* is
    told of each refused record its number in the block, its value (None if it has none) and its
    violations.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        keyed: Keyed | None = None,
        samples: int = 5,
        split: bool = False,
        on_invalid: Callable[[int, Any, Sequence[Violation]], None] | None = None,
    ) -> None:
        self._terms = Terms(contract, keyed, samples, split, on_invalid)
        self._lines = Lines()
        self._patience = 0
        self._account = Account(self._terms, frozenset())

    def __reduce__(self) -> tuple[Any, ...]:
        terms = self._terms
        made = partial(
            Judge,
            keyed=terms.keyed,
            samples=terms.samples,
            split=terms.split,
            on_invalid=terms.on_invalid,
        )
        return made, (terms.contract,)

    @property
    def contract(self) -> Contract:
        """What the records are judged by."""
        return self._terms.contract

    def block(self, block: Block, full: frozenset[Key] = frozenset()) -> Counts:
        """Judge the records of a block; of the limits in *full* no samples are needed.

        Raises OSError if the block cannot be read, NotJSON for a record that is no JSON value.
        """
        self._account = Account(self._terms, full)
        collecting = gc.isenabled()
        gc.disable()  # values are trees: to look for circles among them takes time for nothing
        try:
            for piece in block.read():
                self._piece(piece)
        finally:
            if collecting:
                gc.enable()
        return self._account.end()

    def report(
        self,
        counts: Counts,
        name: str | None,
        duplicates: Duplicates | None = None,
        cut_off: str | None = None,
    ) -> BulkReport:
        """Return the account of all the records that were counted."""
        tallies = sorted(
            (row.tally() for row in counts.rows.values()),
            key=lambda each: (-each.records, -each.violations, each.id),
        )
        reasons = self.contract.unspecified
        cut = _CUT_OFF.format(counts.cut_at) if counts.cut_at is not None else None
        return BulkReport(
            self.contract.name,
            name,
            counts.records,
            counts.invalid,
            tuple(tallies),
            tuple(sorted(counts.wrong.items())),
            self._terms.ruler.lengths(counts.sizes),
            counts.sizes.records,
            {at: (number, reasons[at]) for at, number in sorted(counts.unspecified.items())},
            counts.blank,
            cut_off or cut,
            duplicates,
        )

    # -- pieces --------------------------------------------------------------------------------

    def _piece(self, piece: pieces.Piece) -> None:
        if isinstance(piece, Window):
            window = piece.offset // pieces.WINDOW
            self._account.measuring = window < MEASURED or not window % EVERY
            self._window(piece.raw, piece.offset)
            return
        self._account.measuring = True
        if isinstance(piece, Huge):
            self._account.counts.lines += 1
            self._huge(piece.size, Spot(None, piece.offset, self._account.counts.lines, 1))
        elif isinstance(piece, Texts):
            self._texts(piece)
        else:
            self._rows_of(piece)

    def _window(self, raw: bytes, offset: int) -> None:
        """Judge whole lines: all at once, or else each half of them, down to the single line."""
        body = raw[:-1] if raw.endswith(b"\n") else raw
        flat, values = self._read(body)
        if values is not None:
            spots = Spots(raw, offset, self._account.counts.lines)
            self._account.counts.lines += len(values) - (body is raw)
            refused = self._account.judge(
                values, spots.at, names=self._lines.names if flat else None
            )
            if self._terms.split:
                self._account.counts.valid += spots.others(refused)
            return
        middle = body.find(b"\n", len(body) // 2) + 1 or body.rfind(b"\n") + 1
        if middle:
            self._window(raw[:middle], offset)
            self._window(raw[middle:], offset + middle)
        else:
            self._line(raw, offset)

    def _read(self, body: bytes) -> tuple[bool, list[Any] | None]:
        """Return the values of lines, None where they have to be read one by one.

        Whether they are read as flat objects is told with them.
        """
        if self._patience:
            self._patience -= 1
        elif self._terms.batch.simple and self._terms.batch.knows_flat:
            values: list[Any] | None = self._lines.objects(body)
            keyed = self._terms.keyed
            if values is not None and (keyed is None or keyed.is_sure(values)):
                return True, values
        values = self._lines.values(body)
        if values is not None:
            self._patience = self._patience or _PATIENCE
        return False, values

    def _line(self, raw: bytes, offset: int) -> None:
        """Judge a line by itself."""
        self._account.counts.lines += raw.endswith(b"\n")
        line = self._account.counts.lines + (not raw.endswith(b"\n"))
        if not raw.strip(_BLANK):
            self._account.counts.blank += 1
        elif self._account.text(Spot(raw, offset, line, 1)) and not raw.endswith(b"\n"):
            self._account.counts.cut_at = line

    def _texts(self, piece: Texts) -> None:
        spots = [
            Spot(text, offset, line, column)
            for text, offset, (line, column) in zip(*piece, strict=True)
        ]
        start = 0
        for end, spot in enumerate(spots):
            if spot.raw is None:
                self._some(spots[start:end])
                self._huge(pieces.LONGEST, spot)
                start = end + 1
        self._some(spots[start:])

    def _some(self, spots: Sequence[Spot]) -> None:
        """Judge texts: all at once, or else each half of them, down to the single one."""
        if len(spots) < 2:  # noqa: PLR2004 - one is no more to be halved
            for spot in spots:
                self._account.text(spot)
            return
        # within a text, the one end of a line is as good as the other, or as bad
        texts = [(spot.raw or b"").replace(b"\n", b"\r") for spot in spots]
        flat, values = self._read(b"\n".join(texts))
        if values is None:
            middle = len(spots) // 2
            self._some(spots[:middle])
            self._some(spots[middle:])
            return
        refused = set(
            self._account.judge(
                values, spots.__getitem__, names=self._lines.names if flat else None
            )
        )
        for index in sorted(set(range(len(values))) - refused) if self._terms.split else ():
            self._account.accept(spots[index])

    def _huge(self, size: int, spot: Spot) -> None:
        detail = _TOO_LONG.format(size, pieces.LONGEST)
        self._account.flawed(Flaw("syntax", detail), spot)

    def _rows_of(self, piece: Values) -> None:
        def at(index: int) -> Spot:
            raw = piece.raws[index] if piece.raws else None
            offset = piece.offsets[index] if piece.offsets else None
            line = piece.lines[index] if piece.lines else None
            return Spot(raw, offset, line, is_row=True)

        start = 0
        flaws = [at for at, value in enumerate(piece.values) if value.__class__ is Flaw]
        for end in (*flaws, len(piece.values)):
            values = piece.values[start:end]
            refused = self._account.judge(values, partial(_shifted, at, start))
            if self._terms.split:
                before = self._account.counts.records - len(values)
                for index in sorted(set(range(len(values))).difference(refused)):
                    with indexed(before + index):
                        self._account.accept(at(start + index), values[index])
            if end < len(piece.values):
                self._account.flawed(piece.values[end], at(end))
            start = end + 1


def _shifted(at: Callable[[int], Spot], start: int, index: int) -> Spot:
    return at(start + index)
