"""Check a file of records, or the records themselves, and render the report."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import BinaryIO

from fieldbound.model import SAYS, BulkReport
from fieldbound.policy import Ignore
from fieldbound.validation import Contract

from .run import Options, Run


def check(  # noqa: PLR0913 - the options of one call, each by its name
    records: str | os.PathLike[str] | BinaryIO | Iterable[object],
    contract: Contract | str,
    *,
    workers: int | None = 1,
    key: str | None = None,
    samples: int = 5,
    valid_out: str | os.PathLike[str] | None = None,
    invalid_out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    columns: Mapping[str, str] | None = None,
    format: str | None = None,  # noqa: A002 - as it is called everywhere
    fail_on: str = SAYS[-1],
    ignore: str | Iterable[str] = (),
) -> BulkReport:
    """Check every record by a contract, or by the one of that name, and return the report.

    *records* is the path of a file (NDJSON, JSON, CSV or Parquet; the first three also compressed
    by gzip or zstd), a binary stream, an iterable of JSON values, or a table such as a data frame.
    A JSON value is one record, an array has many; YAML has none. The format of a file is detected
    by its name, or else by its content, unless *format* is given: "ndjson", "json", "csv", "tsv" or
    "parquet". *columns* maps column names to JSON Pointers. *workers* is the number of processes,
    None for one per processor; a script uses several below `if __name__ == "__main__":`. *key* is a
    JSON Pointer to the key that identifies a record. So many *samples* are kept of each limit.
    *valid_out* and *invalid_out* are paths to write the valid and the invalid records to. *resume*
    continues a run that was stopped. Limits with weaker evidence than *fail_on* only warn: the
    report is `ok` with them. Limits that a pattern of *ignore* matches, such as `*:maxLength`, are
    not enforced.

    Raises UnknownName or BrokenContract for the contract, Unspecified if the vendor documents no
    schema for it, OSError for a file that cannot be read or written, NotJSON for a value that JSON
    does not have, TypeError for other types, and FieldboundError for a file without records.
    """
    valid = None if valid_out is None else os.fspath(valid_out)
    invalid = None if invalid_out is None else os.fspath(invalid_out)
    options = Options(workers, key, samples, valid, invalid, resume, columns, format)
    options = replace(options, ignore=Ignore.of(ignore), fail_on=fail_on)
    return Run(records, contract, options).report()


def render(report: BulkReport, format: str = "text") -> str:  # noqa: A002
    """Return a report in a format: "html", or one of documents, such as "text", "json" or "sarif".

    Raises ValueError for any other format.
    """
    return report.render(format)
