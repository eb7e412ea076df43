"""Generate files of many product groups, reproducible by a seed, some of them invalid.

As a command it writes one: `python tests/bench/records.py big.ndjson --share 0.01`. A record is the
same whether it is made invalid or not, so that files with different shares can be compared.
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
#: The length to which an upstream system truncates its codes.
MAX_CODE = 30

Record = dict[str, Any]


def too_long(record: Record, rng: random.Random) -> None:
    """Set a name of more than 150 characters, mostly by a few."""
    record["InternalName"] = record["InternalName"].ljust(151 + int(rng.expovariate(0.1)), "x")


def no_flag(record: Record, rng: random.Random) -> None:
    """Set a flag to a boolean."""
    record["ActiveFlag"] = rng.choice((True, False))


def missing(record: Record, _: random.Random) -> None:
    """Remove a required property."""
    del record["InternalName"]


def unknown(record: Record, rng: random.Random) -> None:
    """Add an unknown property."""
    record[rng.choice(("Colour", "Region", "legacyId"))] = "none"


def read_only(record: Record, _: random.Random) -> None:
    """Set a read-only property."""
    record["CreatedBy"] = "SALES_ADMIN"


def wrong_date(record: Record, rng: random.Random) -> None:
    """Set an invalid date."""
    record["StartDate"] = rng.choice(("19/12/2016", "2023-02-30T00:00:00Z", "2016-12-19"))


def two_at_once(record: Record, rng: random.Random) -> None:
    """Break two limits."""
    no_flag(record, rng)
    wrong_date(record, rng)


Mistake = Callable[[Record, random.Random], None]
#: The mistakes, repeated by their frequency.
MISTAKES: tuple[Mistake, ...] = (
    *(no_flag,) * 6,
    *(wrong_date,) * 4,
    *(too_long,) * 3,
    *(read_only,) * 3,
    *(unknown, missing) * 2,
    *(two_at_once,) * 2,
)
#: Those that are possible in a column of one type.
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
    rng, faults, more = (random.Random(f"{seed} {name}") for name in ("group", "fault", "more"))
    for number in range(count):
        record = group(number, rng)
        if more.random() < products:
            record["ProductGroupProductSetup"] = [
                {"InventoryItemId": 300_100_000_000_000 + more.randrange(10**9), "InvOrgId": 204}
                for _ in range(more.randint(1, 4))
            ]
        if faults.random() < share:
            faults.choice(mistakes)(record, faults)
        yield record


def group(number: int, rng: random.Random) -> Record:
    """Return a random valid product group."""
    chance = rng.random
    kind, market, line = rng.choice(KINDS), rng.choice(MARKETS), rng.choice(LINES)
    year, day = (
        2010 + int(chance() * 16),
        f"{1 + int(chance() * 12):02}-{1 + int(chance() * 28):02}",
    )
    offset = rng.choice(OFFSETS)
    record: Record = {"ProdGroupName": f"{kind} {market}"}
    if chance() < 0.725:
        text = rng.choice(TEXTS)
        record["ProdGroupDescription"] = text.format(kind=kind, market=market, line=line)
    record["InternalName"] = f"{kind} {line} {market} {number:07}"
    if chance() < 0.8:
        record["StartDate"] = f"{year}-{day}T{int(chance() * 24):02}:00:00{offset}"
    if chance() < 0.4:
        record["EndDate"] = f"{year + 5}-{day}T00:00:00{offset}"
    record["ActiveFlag"] = rng.choice(FLAGS)
    if chance() < 0.5:
        record["AllowDuplicateContentFlag"] = rng.choice(FLAGS)
    if chance() < 0.25:
        record["UsageRootFlag"] = rng.choice(FLAGS)
    if chance() < 0.3:
        record["ObjectVersionNumber"] = int(chance() * 50)
    if chance() < 0.3:
        record["RevenueCategoryCode"] = f"{line}_{market}_{kind}".upper().replace(" ", "_")[
            :MAX_CODE
        ]
    return record


def write(path: Path, *args: Any, **options: Any) -> Path:
    """Write records as NDJSON, and return the path; arguments are those of `records`."""
    with path.open("wb") as file:
        file.writelines(orjson.dumps(each) + b"\n" for each in records(*args, **options))
    return path


def main() -> None:
    """Write a file."""
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
