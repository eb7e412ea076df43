"""Make files of many product groups, always the same by a seed, some of them with mistakes.

As a command it writes one: `python tests/bench/records.py big.ndjson --share 0.01`. What is drawn
of a record does not depend on whether it has a mistake, so files of several shares compare.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson

COUNT = 500_000
KINDS = (
    *("Laptops", "Tablets", "Monitors", "Printers", "Servers", "Headsets", "Docking Stations"),
    *("Kühlgeräte", "Éclairage", "Office Furniture", "Power Tools", "Garden Equipment", "照明器具"),
    *("Service Contracts", "Network Switches", "Spare Parts", "Coffee Machines", "Cables"),
)
MARKETS = ("Nordics", "DACH", "Iberia", "Benelux", "France", "UK and Ireland", "Japan", "Canada")
LINES = ("Essential", "Professional", "Enterprise", "Education", "Refurbished", "Outdoor")
TEXTS = (
    "All {kind} of the {line} line sold in {market}, with their accessories.",
    "{kind} for {market}; replaces the catalogue of last year.",
    "{line} {kind}, {market}: list prices, rebates by volume, delivery within five days.",
    "{kind} ({line})",
)
OFFSETS = ("-07:00", "+01:00", "+09:00", "Z")
FLAGS = "YYYN"
#: What an upstream system cuts its codes to, without a word: they heap up at the limit.
CUT = 30

Record = dict[str, Any]


def too_long(record: Record, dice: random.Random) -> None:
    """Give a name of more than 150 characters, most often by a few."""
    record["InternalName"] = record["InternalName"].ljust(151 + int(dice.expovariate(0.1)), "x")


def no_flag(record: Record, dice: random.Random) -> None:
    """Write a flag as programs have it."""
    record["ActiveFlag"] = dice.choice((True, False))


def missing(record: Record, _: random.Random) -> None:
    """Leave out what is required."""
    del record["InternalName"]


def unknown(record: Record, dice: random.Random) -> None:
    """Add an attribute that the vendor does not have."""
    record[dice.choice(("Colour", "Region", "legacyId"))] = "none"


def read_only(record: Record, _: random.Random) -> None:
    """Send back what the server makes."""
    record["CreatedBy"] = "SALES_ADMIN"


def wrong_date(record: Record, dice: random.Random) -> None:
    """Write a date as people do, or one that no calendar has."""
    record["StartDate"] = dice.choice(("19/12/2016", "2023-02-30T00:00:00Z", "2016-12-19"))


def two_at_once(record: Record, dice: random.Random) -> None:
    """Make two mistakes."""
    no_flag(record, dice)
    wrong_date(record, dice)


Mistake = Callable[[Record, random.Random], None]
#: Each as often as it stands here, among the others.
MISTAKES: tuple[Mistake, ...] = (
    *(no_flag,) * 6,
    *(wrong_date,) * 4,
    *(too_long,) * 3,
    *(read_only,) * 3,
    *(unknown, missing) * 2,
    *(two_at_once,) * 2,
)
#: Those that a column of one type has room for.
OF_TABLES = tuple(each for each in MISTAKES if each in (wrong_date, too_long, read_only, missing))


def records(
    count: int = COUNT,
    share: float = 0.01,
    *,
    seed: int = 5,
    mistakes: Sequence[Mistake] = MISTAKES,
    products: float = 0.0,
) -> Iterator[Record]:
    """Yield product groups, a *share* of them with mistakes, a share with *products*."""
    dice, faults, more = (random.Random(f"{seed} {name}") for name in ("group", "fault", "more"))
    for number in range(count):
        record = group(number, dice)
        if more.random() < products:
            record["ProductGroupProductSetup"] = [
                {"InventoryItemId": 300_100_000_000_000 + more.randrange(10**9), "InvOrgId": 204}
                for _ in range(more.randint(1, 4))
            ]
        if faults.random() < share:
            faults.choice(mistakes)(record, faults)
        yield record


def group(number: int, dice: random.Random) -> Record:
    """Draw one product group that keeps every limit."""
    chance = dice.random
    kind, market, line = dice.choice(KINDS), dice.choice(MARKETS), dice.choice(LINES)
    year, day = (
        2010 + int(chance() * 16),
        f"{1 + int(chance() * 12):02}-{1 + int(chance() * 28):02}",
    )
    offset = dice.choice(OFFSETS)
    record: Record = {"ProdGroupName": f"{kind} {market}"}
    if chance() < 0.725:
        text = dice.choice(TEXTS)
        record["ProdGroupDescription"] = text.format(kind=kind, market=market, line=line)
    record["InternalName"] = f"{kind} {line} {market} {number:07}"
    if chance() < 0.8:
        record["StartDate"] = f"{year}-{day}T{int(chance() * 24):02}:00:00{offset}"
    if chance() < 0.4:
        record["EndDate"] = f"{year + 5}-{day}T00:00:00{offset}"
    record["ActiveFlag"] = dice.choice(FLAGS)
    if chance() < 0.5:
        record["AllowDuplicateContentFlag"] = dice.choice(FLAGS)
    if chance() < 0.25:
        record["UsageRootFlag"] = dice.choice(FLAGS)
    if chance() < 0.3:
        record["ObjectVersionNumber"] = int(chance() * 50)
    if chance() < 0.3:
        record["RevenueCategoryCode"] = f"{line}_{market}_{kind}".upper().replace(" ", "_")[:CUT]
    return record


def write(path: Path, *args: Any, **options: Any) -> Path:
    """Write records to a file, one a line, and return its path; arguments as `records` has them."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(each) + b"\n" for each in records(*args, **options))
    return path


def main() -> None:
    """Write the file that is asked for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path)
    parser.add_argument("--records", type=int, default=COUNT, help=f"how many (default: {COUNT})")
    parser.add_argument("--share", type=float, default=0.01, help="of them invalid (default: 0.01)")
    parser.add_argument("--products", type=float, default=0, help="with products (default: none)")
    parser.add_argument("--seed", type=int, default=5)
    args = parser.parse_args()
    write(args.file, args.records, args.share, seed=args.seed, products=args.products)


if __name__ == "__main__":
    main()
